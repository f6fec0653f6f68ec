import { toFloat32 } from '@sparnet/weights';
import { adamStep } from 'trainer/optimise/adam';
import { averageInto } from 'trainer/optimise/ema';
import { learningRateAt, type Schedule } from 'trainer/optimise/schedule';
import { largestError, scalarError, type Finding, type Values } from './compare.ts';
import { pick, type Reference } from './reference.ts';

interface Json {
  config: {
    adam_runs: Record<string, { lr: number; betas: [number, number] }>;
    eps: number;
    steps: number;
    ema_decay: number;
    scheduled_adam?: { lr: number; betas: [number, number] };
  };
  schedules: Record<string, ScheduleJson>;
  scalars: Record<string, number[]>;
  tolerances: { results: { tol: number }; scalars: { tol_relative: number } };
}

interface ScheduleJson extends Record<string, number | string | number[] | undefined> {
  lr: number;
  values: number[];
}

/** Adam, moving average and schedules. */
export async function checkEmaAdam(reference: Reference): Promise<Finding[]> {
  const { config, schedules, scalars, tolerances } = reference.json as unknown as Json;
  const inputs = await reference.read('inputs');
  const results = await reference.read('results');
  const found: Record<string, Values> = {};
  const foundScalars: Record<string, number[]> = {};

  function runAdam(name: string, rates: (step: number) => number, betas: [number, number]): void {
    const parameters = Float32Array.from(toFloat32(pick(inputs, 'param')));
    const scalar = Float32Array.from(toFloat32(pick(inputs, 'scalar')));
    const moments = [parameters, parameters, scalar, scalar].map(({ length }) => new Float32Array(length));
    const [firstMoment, secondMoment, scalarFirst, scalarSecond] = moments as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const track: number[] = [];
    for (let step = 1; step <= config.steps; step++) {
      const common = {
        step,
        learningRate: rates(step - 1),
        beta1: betas[0],
        beta2: betas[1],
        epsilon: config.eps,
      };
      const gradient = (key: string): Float32Array => toFloat32(pick(inputs, `${key}${step - 1}`));
      adamStep({ ...common, parameters, gradients: gradient('grad'), firstMoment, secondMoment });
      adamStep({
        ...common,
        parameters: scalar,
        gradients: gradient('scalar_grad'),
        firstMoment: scalarFirst,
        secondMoment: scalarSecond,
      });
      found[`${name}/param.${step}`] = Float32Array.from(parameters);
      track.push(scalar[0] as number);
    }
    found[`${name}/exp_avg`] = firstMoment;
    found[`${name}/exp_avg_sq`] = secondMoment;
    foundScalars[`${name}.scalar_after_each_step`] = track;
  }
  for (const [name, { lr, betas }] of Object.entries(config.adam_runs)) runAdam(name, () => lr, betas);
  if (config.scheduled_adam) {
    const { lr, betas } = config.scheduled_adam;
    runAdam('scheduled', (step) => lr * (1 - step / config.steps), betas);
  }
  const average = Float32Array.from(toFloat32(pick(inputs, 'ema0')));
  for (let step = 1; step <= config.steps; step++) {
    averageInto(average, toFloat32(pick(inputs, `model${step - 1}`)), config.ema_decay);
    found[`ema/${step}`] = Float32Array.from(average);
  }

  const compared = Object.fromEntries(Object.keys(results).map((name) => [name, found[name] ?? []]));
  const scalarErrors = Object.entries(scalars).map(([name, values]) =>
    scalarError(foundScalars[name] ?? [], values),
  );
  const scheduleErrors = Object.entries(schedules).map(([name, { values, ...json }]) =>
    scalarError(
      values.map((_, step) => learningRateAt(scheduleOf(name, json as ScheduleJson), step)),
      values,
    ),
  );
  return [
    { name: 'results', error: largestError(compared, results), tolerance: tolerances.results.tol },
    { name: 'scalars', error: Math.max(...scalarErrors), tolerance: tolerances.scalars.tol_relative },
    { name: 'schedules', error: Math.max(...scheduleErrors), tolerance: tolerances.scalars.tol_relative },
  ];
}

function scheduleOf(name: string, json: ScheduleJson): Schedule {
  const number = (key: string): number => Number(json[key] ?? 0);
  const rate = { learningRate: json.lr, warmup: number('warmup') };
  if (name.endsWith('step'))
    return { kind: 'step', ...rate, every: number('step_size'), gamma: number('gamma') };
  if (name.endsWith('cosine')) {
    const floor = number('eta_min') / json.lr;
    return { kind: 'cosine', ...rate, total: number(name.startsWith('release') ? 'T_max' : 'total'), floor };
  }
  if (name.startsWith('release')) {
    // Constant for n_epochs - epoch_count steps, then a line that would reach 0 a step behind the last one.
    const hold = number('n_epochs') - number('epoch_count');
    const total = hold + number('n_epochs_decay') + 1;
    return { kind: 'linear', ...rate, total, hold: hold / total };
  }
  return { kind: 'linear', ...rate, total: number('total'), floor: number('end') / json.lr };
}
