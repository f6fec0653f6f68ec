import type { Field } from '../src/recipe/operations.ts';
import { operationOf } from '../src/recipe/operations.ts';
import type { DrawnStep, StepName } from '../src/index.ts';

/** What is worth looking at is a small part of what is allowed. */
const usualRanges: Readonly<Record<string, readonly [number, number]>> = {
  'gaussian.sigma': [0.1, 20],
  'gaussian.size': [1, 51],
  'average.size': [1, 31],
  'median.size': [1, 31],
  'motion.size': [1, 51],
  'motion.angle': [0, 360],
  'generalised-gaussian.size': [1, 51],
  'generalised-gaussian.sigma': [0.1, 20],
  'generalised-gaussian.sigmaY': [0.1, 20],
  'generalised-gaussian.angle': [-180, 180],
  'generalised-gaussian.beta': [0.1, 8],
  'sinc.cutoff': [0.3, Math.PI],
  'resize.scale': [0.03, 2],
  'resize.shrink': [0.5, 32],
  'resize.size': [1, 256],
  'noise.sigma': [0, 60],
  'poisson.scale': [0, 5],
  'jitter.brightness': [0, 3],
  'jitter.contrast': [0, 3],
  'jitter.saturation': [0, 3],
  'shift.red': [-60, 60],
  'shift.green': [-60, 60],
  'shift.blue': [-60, 60],
};

/** A step of each kind as it is added. */
export const freshSteps: { readonly [Op in StepName]: DrawnStep } = {
  grey: { op: 'grey' },
  gaussian: { op: 'gaussian', sigma: 3 },
  average: { op: 'average', size: 7 },
  median: { op: 'median', size: 7 },
  motion: { op: 'motion', size: 15, angle: 30, direction: 0 },
  'generalised-gaussian': { op: 'generalised-gaussian', size: 21, sigma: 5, sigmaY: 1, angle: 30, beta: 1 },
  sinc: { op: 'sinc', size: 21, cutoff: 1.5 },
  resize: { op: 'resize', shrink: 4, filter: 'bicubic', rule: 'pillow' },
  noise: { op: 'noise', sigma: 15, grey: false },
  poisson: { op: 'poisson', scale: 1, grey: false },
  jpeg: { op: 'jpeg', quality: 40, subsampling: '4:2:0' },
  shift: { op: 'shift', red: 10, green: 0, blue: -10 },
  jitter: { op: 'jitter', brightness: 1.2, contrast: 0.8, saturation: 1.2, hue: 0.05, order: 'bcsh' },
};

/**
 * Sliders, lists and boxes for all values that a step has.
 *
 * @param changed - Gets the step with its new values, or nothing when it is to be removed.
 */
export function stepControls(step: DrawnStep, changed: (step?: DrawnStep) => void): HTMLFieldSetElement {
  const group = document.createElement('fieldset');
  const title = document.createElement('legend');
  const remove = document.createElement('button');
  remove.textContent = 'remove';
  remove.addEventListener('click', () => changed());
  title.append(`${step.op} `, remove);
  group.append(title);
  const values = step as unknown as Record<string, unknown>;
  for (const [name, field] of Object.entries<Field>(operationOf(step.op).fields)) {
    const value = values[name];
    if (value === undefined) continue;
    const set = (next: unknown): void => {
      values[name] = next;
      changed(step);
    };
    group.append(control(`${step.op}.${name}`, name, field, value, set));
  }
  return group;
}

function control(
  id: string,
  name: string,
  field: Field,
  value: unknown,
  set: (value: unknown) => void,
): HTMLLabelElement {
  const label = document.createElement('label');
  label.append(name);
  if (field.kind === 'choice') {
    const list = document.createElement('select');
    list.append(...field.choices.map((choice) => new Option(choice, choice, false, choice === value)));
    list.addEventListener('input', () => set(list.value));
    label.append(list);
    return label;
  }
  const input = document.createElement('input');
  input.name = id;
  if (field.kind === 'boolean') {
    input.type = 'checkbox';
    input.checked = value === true;
    input.addEventListener('input', () => set(input.checked));
    label.append(input);
    return label;
  }
  const [min, max] = usualRanges[id] ?? [field.min, field.max];
  const shown = document.createElement('output');
  input.type = 'range';
  input.min = String(Math.min(min, Number(value)));
  input.max = String(Math.max(max, Number(value)));
  input.step = field.kind === 'number' ? 'any' : field.odd ? '2' : '1';
  input.value = String(value);
  shown.textContent = short(Number(value));
  input.addEventListener('input', () => {
    shown.textContent = short(input.valueAsNumber);
    set(input.valueAsNumber);
  });
  label.append(input, shown);
  return label;
}

function short(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
