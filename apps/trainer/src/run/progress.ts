import { formatDuration } from 'command-line';

/** What a finished training step tells. */
interface ProgressStep {
  /** Steps done. */
  step: number;
  /** The total loss. */
  loss: number;
  lr: number;
  /** Images in this step. */
  images: number;
  /** How long the step took, waiting for data included. */
  milliseconds: number;
  /** Milliseconds in which it waited for data. */
  waitMs: number;
}

/** Shows how far a run has come. */
export interface Progress {
  update: (step: ProgressStep) => void;
  /** Shows the last state and ends a terminal's progress line. */
  close: () => void;
  /** Smoothed over the last steps; 0 before the first update. */
  readonly imagesPerSecond: number;
}

/** How a terminal's stream looks to {@link openProgress}. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The weight that a step keeps when the next one is smoothed in. */
const smoothing = 0.9;
/** A terminal's line is redrawn no more often than this. */
const terminalIntervalMs = 100;

/**
 * Progress of a training run on one line (step, loss, learning rate, images a second, waiting for data, time left): on
 * a terminal redrawn in place, elsewhere as plain lines every `intervalSeconds`.
 *
 * @param total - Steps of the whole run.
 * @param now - The clock in milliseconds.
 */
export function openProgress({
  total,
  stream = process.stderr,
  intervalSeconds = 10,
  now = () => performance.now(),
}: {
  total: number;
  stream?: ProgressStream;
  intervalSeconds?: number;
  now?: () => number;
}): Progress {
  const terminal = stream.isTTY === true;
  const interval = terminal ? terminalIntervalMs : intervalSeconds * 1000;
  const speed = createSpeed();
  let latest: ProgressStep | null = null;
  let shownAt = -Infinity;
  let shown: ProgressStep | null = null;

  function show(): void {
    if (latest === null) return;
    const line = formatProgress({ ...latest, total, ...speed.values() });
    stream.write(
      terminal ? `\r\u001b[K${line.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}` : `${line}\n`,
    );
    shown = latest;
  }
  return {
    update(step) {
      const time = now();
      speed.add(step);
      latest = step;
      if (time - shownAt < interval) return;
      shownAt = time;
      show();
    },
    close() {
      if (shown !== latest) show();
      if (terminal && shown !== null) stream.write('\n');
    },
    get imagesPerSecond() {
      return speed.values().imagesPerSecond;
    },
  };
}

/** `step 120/1000  loss 0.0123  lr 2.0e-4  3.1 images/s  data wait 2%  left 4 min 12 s` */
function formatProgress({
  step,
  total,
  loss,
  lr,
  imagesPerSecond,
  secondsPerStep,
  waiting,
}: {
  step: number;
  total: number;
  loss: number;
  lr: number;
  imagesPerSecond: number;
  secondsPerStep: number;
  /** The part of the time spent waiting for data, 0 to 1. */
  waiting: number;
}): string {
  return [
    `step ${step}/${total}`,
    `loss ${loss.toPrecision(4)}`,
    `lr ${lr.toExponential(1)}`,
    `${imagesPerSecond.toPrecision(3)} images/s`,
    `data wait ${Math.round(waiting * 100)}%`,
    `left ${formatDuration((total - step) * secondsPerStep)}`,
  ].join('  ');
}

/** Exponentially weighted means whose first values count as much as later ones (as Adam's bias correction does). */
function createSpeed() {
  let weight = 0;
  let milliseconds = 0;
  let images = 0;
  let waited = 0;
  return {
    add(step: ProgressStep): void {
      weight = smoothing * weight + 1;
      milliseconds = smoothing * milliseconds + step.milliseconds;
      images = smoothing * images + step.images;
      waited = smoothing * waited + step.waitMs;
    },
    values() {
      return {
        imagesPerSecond: milliseconds > 0 ? (images / milliseconds) * 1000 : 0,
        secondsPerStep: weight > 0 ? milliseconds / weight / 1000 : Infinity,
        waiting: milliseconds > 0 ? Math.min(1, waited / milliseconds) : 0,
      };
    },
  };
}
