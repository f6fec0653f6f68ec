import { SparnetError, isSparnetError } from '@sparnet/core';
import { existsSync } from 'node:fs';
import { augmentationOf } from './augmentation-of.ts';
import { checkFinite, diverged, type Whereabouts } from './diverged.ts';
import { flatShard } from './flat-shard.ts';
import { advance, advanceByMuon, gradientNorm, learnersOf, takeBuffers, updateAverage } from './learner.ts';
import { generatorLossOf, logged, namedTerms, signsOf } from './loss-terms.ts';
import { networkConfig } from './network-config.ts';
import { checkImageSize, objectiveOf, summedTerms } from './objective-of.ts';
import { openRun, type OpenRun, type RunPlan } from './open-run.ts';
import { globalNorm } from './optimise/clip.ts';
import { learningRateAt } from './optimise/schedule.ts';
import { trainOptions, type TrainConfig } from './options.ts';
import { endsAtHorizon, plannedSchedule, schedulesOf } from './planned-steps.ts';
import { withPresetSettings } from './preset-settings.ts';
import { replaceFile } from '@sparnet/core/node';
import { asUsage } from 'command-line';
import { withRecipe } from './recipe-of.ts';
import { checkConfig } from './run/check-config.ts';
import { checkpointSteps, setPointers } from './run/checkpoint-steps.ts';
import { saveCheckpoint } from './run/checkpoint.ts';
import { readConfig, writeConfig } from './run/config-file.ts';
import { openEventFile } from './run/event-file.ts';
import { appendMetrics, cutBack } from './run/metrics-log.ts';
import { previewImage, writePreview } from './run/preview.ts';
import { openProgress } from './run/progress.ts';
import { pruneCheckpoints } from './run/prune-checkpoints.ts';
import { createRunFolder, openRunFolder } from './run/run-folder.ts';
import { runPaths, type RunPaths } from './run/run-paths.ts';
import { shardsOf } from './shards.ts';
import { checkStartFiles } from './start-files.ts';
import { checkpointFiles, modelFile, savedState } from './training-state.ts';
import { protocol, type MeasuredQuality } from './validate.ts';
import { watchDiscriminators } from './watch-discriminators.ts';
import { formatTraining } from './training-file.ts';
import { withWholePaths } from './whole-paths.ts';

/** How a run ended. */
export interface TrainResult {
  end: 'done' | 'interrupted' | 'out of time';
  dir: string;
  steps: number;
  /** The last validation, with bicubic beside it. */
  quality?: MeasuredQuality;
}

export interface TrainControl {
  /**
   * Ends the run with a checkpoint after the step it is at, or earlier: a validation or preview under way is put off.
   * What is still being opened leaves no run behind.
   */
  signal?: AbortSignal;
  /**
   * Told what a person should know: the engine, skipped pictures, validations. With it, a progress line is shown on
   * stderr; without it, the run is silent.
   */
  say?: (message: string) => void;
}

/**
 * Train a network from the start.
 *
 * With engine `native` or `auto`, the environment variables TF_NUM_INTRAOP_THREADS, OMP_NUM_THREADS and
 * TF_CPP_MIN_LOG_LEVEL of this process are set where they are not: native TensorFlow reads them there.
 *
 * @param options - Keys of {@link trainOptions}; what is left out is as its preset wants it, or has its default.
 * @throws SparnetError `bad-config`, `no-data`, `exists` when the run folder holds a run, `engine-unavailable`,
 *   `worker-died`, or `diverged` when a loss, a gradient, a weight or an output is not finite; the last good checkpoint
 *   is kept.
 */
export async function train(options: Partial<TrainConfig>, control: TrainControl = {}): Promise<TrainResult> {
  const { config, network, dir } = await asUsage(() => newRun(options));
  const folder = await createRunFolder(dir);
  try {
    return await run({ config: withWholePaths(config), network, dir, fresh: true }, control);
  } finally {
    // What ended before it began leaves no run.
    if (existsSync(folder.paths.config)) folder.unlock();
    else await folder.discard();
  }
}

/**
 * Go on with a run exactly as if it had never stopped.
 *
 * @param changes - `steps` (instead of the run's steps and minutes) or `minutes` (all in all) to train longer, `horizon`
 *   to move the end of the schedule, which otherwise stays, `engine` and `workers` to compute differently. They are
 *   kept in the run's config.json once everything is open.
 * @throws SparnetError as {@link train}; `missing-file` when the folder holds no run, `bad-state` when the photographs
 *   or the network are others, `bad-config` for fewer `steps` than are done.
 */
export async function resume(
  dir: string,
  changes: Partial<Pick<TrainConfig, 'steps' | 'minutes' | 'horizon' | 'engine' | 'workers'>> = {},
  control: TrainControl = {},
): Promise<TrainResult> {
  const folder = await openRunFolder(dir);
  try {
    const { paths } = folder;
    const { config, network } = await asUsage(async () => {
      const stored = await readConfig(paths.config);
      // Asked for so many steps, it is no longer bound by the time that it was given.
      if (changes.steps !== undefined) delete stored['minutes'];
      // The schedule ends where it was planned to, wherever the run now does.
      const planned = { ...stored, horizon: stored['horizon'] ?? stored['steps'] };
      const merged = { ...planned, ...changes, out: dir };
      const checked = await withRecipe(checkConfig(merged, trainOptions, { source: paths.config }));
      return { config: checked, network: networkConfig(checked) };
    });
    const fresh = !(await hasBegun(dir, paths));
    return await run({ config: withWholePaths(config), network, dir, fresh }, control);
  } finally {
    folder.unlock();
  }
}

/**
 * The plan of a run that begins, checked.
 *
 * @throws SparnetError `bad-config`.
 */
export async function newRun(options: Partial<TrainConfig>): Promise<Omit<RunPlan, 'fresh'>> {
  const config = checkConfig(await withRecipe(withPresetSettings(options)), trainOptions);
  if (!config.data?.length)
    throw new SparnetError(
      'bad-config',
      'no photographs to train on: give folders, tars or pictures (--data)',
    );
  if (!config.out) throw new SparnetError('bad-config', 'no folder for the run: give one (--out DIR)');
  if (config.steps === undefined && config.epochs === undefined && config.minutes === undefined) {
    throw new SparnetError(
      'bad-config',
      'expected one of --steps, --epochs and --minutes: how long to train',
    );
  }
  augmentationOf(config);
  plannedSchedule(config, config.horizon ?? config.steps ?? Number.MAX_SAFE_INTEGER);
  const network = networkConfig(config);
  checkImageSize(objectiveOf(config), network);
  checkStartFiles(config);
  if (network.scale === 1 && config.degrade === undefined) {
    throw new SparnetError(
      'bad-config',
      `preset ${config.preset} restores degraded pictures: say how they are degraded (--degrade)`,
    );
  }
  return { config, network, dir: config.out };
}

/** False for a run whose process ended before its first checkpoint: it begins again from its settings. */
async function hasBegun(dir: string, { metrics }: RunPaths): Promise<boolean> {
  return existsSync(metrics) || (await checkpointSteps(dir)).length > 0;
}

async function run(plan: RunPlan, control: TrainControl): Promise<TrainResult> {
  const { say = () => undefined, signal } = control;
  let open: OpenRun;
  try {
    open = await openRun(plan, { say, signal });
  } catch (error) {
    if (!isStop(error, signal)) throw error;
    return { end: 'interrupted', dir: plan.dir, steps: (await checkpointSteps(plan.dir))[0] ?? 0 };
  }
  try {
    return await learn(open, plan, control);
  } finally {
    await open.close();
  }
}

async function learn(
  open: OpenRun,
  { dir, network, fresh }: RunPlan,
  control: TrainControl,
): Promise<TrainResult> {
  const { config, pool, state, identity, schedule, opponentSchedule, loader, validation, photographs } = open;
  const { say = () => undefined, signal } = control;
  const paths = runPaths(dir);
  const { steps, optimizer, beta1, beta2 } = config;
  const firstStep = state.step;
  await writeConfig(paths.config, checkConfig(config, trainOptions)); // in the table's order
  // What was put off at this step is done again as a whole.
  await cutBack(paths.metrics, state.step, { validated: !state.interrupted });
  const events = openEventFile(dir, { firstStep: state.interrupted ? state.step : state.step + 1 });
  const progress = openProgress({ total: steps, ...(!control.say && { stream: silent }) });
  const weights = config.ema > 0 ? 'average' : 'values';
  const gradients = new Float32Array(pool.resultSize);
  const { generator, discriminator } = learnersOf(pool, state, gradients);
  const learners = discriminator ? [generator, discriminator] : [generator];
  const ailmentOf = watchDiscriminators({ terms: summedTerms(objectiveOf(config)) });
  let newest = state.step;

  const ended = (): boolean => {
    const outOfTime = config.minutes !== undefined && state.seconds >= config.minutes * 60;
    return state.step >= steps || outOfTime;
  };
  const stopped = (): boolean => signal?.aborted === true;
  const whereabouts = (step = state.step): Whereabouts => ({
    step,
    lr: config.lr,
    ...(discriminator && { discriminatorLr: config.discriminatorLr }),
    checkpoint: paths.checkpoint(state.best?.step ?? newest),
  });

  /** What is saved or looked at must be finite. */
  function checkState(): void {
    const terms = {
      'the norm of the weights': globalNorm(learners.map(({ values }) => values)),
      'the norm of their average': globalNorm([pool.average]),
      "the norm of the optimiser's moments": globalNorm(
        learners.flatMap(({ firstMoment, secondMoment }) => [firstMoment, secondMoment]),
      ),
    };
    checkFinite(terms, whereabouts);
  }

  async function validate(): Promise<void> {
    if (!validation) return;
    const { bicubic } = validation;
    const quality = { ...(await validation.measure(pool, weights, signal)), bicubic };
    state.quality = quality;
    appendMetrics(paths.metrics, { split: 'val', step: state.step, protocol, ...quality });
    events.scalar('val/psnr', state.step, quality.psnr);
    events.scalar('val/ssim', state.step, quality.ssim);
    say(
      `step ${state.step}: PSNR ${quality.psnr.toFixed(3)} dB (bicubic ${bicubic.psnr.toFixed(3)}), ` +
        `SSIM ${quality.ssim.toFixed(4)} (bicubic ${bicubic.ssim.toFixed(4)})`,
    );
    if (quality.psnr > (state.best?.psnr ?? -Infinity)) state.best = { step: state.step, psnr: quality.psnr };
  }

  async function preview(): Promise<void> {
    if (!validation) return;
    signal?.throwIfAborted();
    const picture = previewImage(await validation.preview(pool, weights));
    const png = await writePreview(paths.preview(state.step), picture);
    events.image('preview', state.step, { png, width: picture.width, height: picture.height });
  }

  /** Validation and preview where they are due. Told to stop, it puts them off. */
  async function look(): Promise<void> {
    state.interrupted = stopped();
    if (state.interrupted) return;
    const [validationDue, previewDue] = [config.valEvery, config.previewEvery].map(
      (every) => ended() || state.step % every === 0,
    );
    if (validationDue || previewDue) checkState();
    try {
      if (validationDue) await validate();
      if (previewDue) await preview();
    } catch (error) {
      if (isSparnetError(error, 'diverged'))
        throw diverged('the validation output is not finite', whereabouts());
      if (!isStop(error, signal)) throw error;
      state.interrupted = true;
    }
  }

  async function save(): Promise<void> {
    checkState();
    const files = checkpointFiles(pool, state, network);
    const best = state.best?.step;
    await saveCheckpoint(dir, state.step, files, savedState(state, identity), { best });
    await pruneCheckpoints(dir, { keepLast: config.keep, best, whole: state.step });
    newest = state.step;
  }

  try {
    if (!fresh) await setPointers(dir, { latest: state.step, best: state.best?.step });
    if (state.interrupted) {
      await look();
      await save();
    } else if (fresh) await save();

    if (!fresh && ended() && !stopped()) say(nothingLeft(dir, config, state.step));
    let stepBegan = performance.now();
    let counted = stepBegan; // in state.seconds
    while (!ended() && !stopped()) {
      // A step: a batch, its gradients, the moving average and the optimiser.
      const waiting = performance.now();
      const batch = await loader.next();
      const waitMs = performance.now() - waiting;
      const lr = learningRateAt(schedule, state.step);
      const discriminatorLr = learningRateAt(opponentSchedule, state.step);
      const shards = shardsOf(batch, { images: config.batch, size: config.shard });
      const terms = await pool.differentiate(shards, gradients);
      const loss = generatorLossOf(terms);
      checkFinite(
        {
          ...namedTerms(terms),
          "the gradient's norm": gradientNorm(generator, config.clip),
          ...(discriminator && {
            "the norm of the discriminators' gradient": gradientNorm(discriminator, config.clip),
          }),
          'the norm of the statistics': globalNorm(learners.map(({ buffers }) => buffers)),
        },
        () => ({ ...whereabouts(state.step + 1), flat: flatShard(batch, { size: config.shard }) }),
      );
      state.step += 1;
      const { step } = state;
      for (const learner of learners) takeBuffers(learner);
      const average = { decay: config.ema, order: config.emaOrder, step };
      if (config.emaOrder === 'before') updateAverage(generator, pool.average, average);
      const rates = { step: step + (state.earlierSteps ?? 0), beta1, beta2 };
      for (const [who, learningRate] of [
        [generator, lr],
        [discriminator, discriminatorLr],
      ] as const) {
        if (!who) continue;
        if (optimizer === 'muon') await advanceByMuon(who, { ...rates, learningRate }, pool);
        else advance(who, { ...rates, learningRate });
      }
      if (config.emaOrder === 'after') updateAverage(generator, pool.average, average);
      pool.changed();

      const signs = signsOf(terms);
      const ailment = signs && ailmentOf(signs);
      if (ailment) {
        say(`step ${step}: ${ailment}`);
        appendMetrics(paths.metrics, { split: 'warning', step, message: ailment });
      }
      const now = performance.now();
      const milliseconds = now - stepBegan;
      state.seconds += (now - counted) / 1000;
      counted = now;
      progress.update({ step, loss, lr, images: config.batch, milliseconds, waitMs });
      if (ended() || step % config.logEvery === 0) {
        const { loss: losses, game } = logged(terms);
        const shownRates = { lr, ...(discriminator && { discriminatorLr }) };
        appendMetrics(paths.metrics, {
          split: 'train',
          step,
          epoch: batch.epoch,
          images: step * config.batch,
          loss: losses,
          ...(game && { game }),
          ...shownRates,
          imagesPerSecond: progress.imagesPerSecond,
        });
        const curves = { ...prefixed('loss', losses), ...prefixed('game', game ?? {}), ...shownRates };
        for (const [name, value] of Object.entries(curves)) events.scalar(`train/${name}`, step, value);
        events.scalar('train/images per second', step, progress.imagesPerSecond);
      }
      await look();
      const best = state.best?.step === state.step;
      if (ended() || stopped() || best || state.step % config.saveEvery === 0) await save();
      stepBegan = performance.now();
    }
    if (loader.skipped > 0) {
      const since = firstStep > 0 ? ` since step ${firstStep}` : '';
      say(`${loader.skipped} of ${photographs} photographs can't be read and were left out${since}`);
    }
    const interrupted = state.interrupted || !ended();
    if (!interrupted) {
      await replaceFile(paths.model, modelFile(pool, pool[weights], network));
      if (discriminator) {
        const done = state.step + (state.earlierSteps ?? 0);
        await replaceFile(paths.training, formatTraining({ generator, discriminator }, done));
      }
    }
    const end = interrupted ? 'interrupted' : state.step < steps ? 'out of time' : 'done';
    return { end, dir, steps: state.step, ...(state.quality && { quality: state.quality }) };
  } finally {
    progress.close();
  }
}

/** What to say to somebody who resumes a run that is over. */
function nothingLeft(dir: string, config: OpenRun['config'], step: number): string {
  const { steps, minutes } = config;
  const spent = step >= steps ? `has done its ${steps} steps` : `has used up its ${minutes} minutes`;
  const longer = `this run ${spent}: nothing is left to do. To train longer: trainer resume ${dir} --steps N`;
  if (!schedulesOf(config).some(endsAtHorizon)) return `${longer}, above ${step}`;
  return (
    `${longer} --horizon N, with N above ${step}; without --horizon, the learning rate stays where its schedule ends, at ` +
    `step ${config.horizon}`
  );
}

const silent = { write: (): boolean => true };

/** True for what a signal that told us to stop has thrown. */
function isStop(error: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && error === signal.reason;
}

function prefixed(prefix: string, values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}/${name}`, value]));
}
