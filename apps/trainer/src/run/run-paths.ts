import { join } from 'node:path';

/** Where everything of a run lies. */
export interface RunPaths {
  config: string;
  metrics: string;
  previews: string;
  checkpoints: string;
  /** The result, written when the run is done. */
  model: string;
  /** What goes with it to train on, for adversarial runs. */
  training: string;
  lock: string;
  preview: (step: number) => string;
  checkpoint: (step: number) => string;
}

/** The paths of a run folder; touches nothing. */
export function runPaths(dir: string): RunPaths {
  const previews = join(dir, 'previews');
  const checkpoints = join(dir, 'checkpoints');
  return {
    config: join(dir, 'config.json'),
    metrics: join(dir, 'metrics.jsonl'),
    previews,
    checkpoints,
    model: join(dir, 'model.safetensors'),
    training: join(dir, 'training.safetensors'),
    lock: join(dir, '.lock'),
    preview: (step) => join(previews, `${stepName(step)}.png`),
    checkpoint: (step) => join(checkpoints, stepName(step)),
  };
}

/** `step-00001000` for 1000. */
export function stepName(step: number): string {
  return `step-${String(step).padStart(8, '0')}`;
}

/** 1000 for `step-00001000`; null for any other name. */
export function stepOf(name: string): number | null {
  const digits = /^step-(\d{8,15})$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}
