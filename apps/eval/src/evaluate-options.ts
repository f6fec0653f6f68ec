import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { SparnetError, checkInteger, checkOneOf } from '@sparnet/core';
import type { Recipe } from '@sparnet/degrade';
import { engineNames, type EngineName } from '@sparnet/engine';
import { protocols, type Protocol } from '@sparnet/metrics';
import { ensembles, type Ensemble } from '@sparnet/models';
import { checkMetrics } from './measure/metric-table.ts';

/** What is measured, and how. */
export interface EvaluateOptions {
  /** A model file, `bicubic`, or `input`: the LR picture as it is enlarged for a network. */
  model?: string;
  /** A folder or tar archive of SR pictures made elsewhere, instead of a model. */
  sr?: string;
  /** A folder or tar archive of photographs. */
  hr: string;
  /** LR pictures of the same names; else they are made from `hr`. */
  lr?: string;
  /** HR pictures are reduced by this; left out, by the model's scale, or 8. */
  scale?: number;
  /** HR pictures of another size are brought to a square of this side. */
  size?: number;
  metrics?: readonly string[];
  protocol?: Protocol;
  border?: number;
  /** How LR pictures are made instead of by bicubic; `name` is what the result calls it. */
  degrade?: { name: string; recipe: Recipe; seed: number };
  /** The method's label; the model's file name if left out. */
  name?: string;
  /** Threads; the result doesn't depend on their number. */
  workers?: number;
  engine?: EngineName | 'auto';
  /** What each output of the model is the mean of; `none` if left out. */
  ensemble?: Ensemble;
  /** A part of the pictures: the `index`-th of `of`, from 1. */
  shard?: { index: number; of: number };
  /** So many best, median and worst pictures are kept in the result, by the first metric. */
  gallery?: number;
  /** Where the pictures differ on average, place by place; all must have one size. */
  errorMaps?: boolean;
  /** A folder for the SR pictures. */
  save?: string;
  /** Files that are there may be replaced by SR pictures; what is read never is. */
  overwrite?: boolean;
  /** At most so many pictures, spread evenly over all. */
  limit?: number;
}

/** {@link EvaluateOptions} with their defaults. */
export type EvaluateSettings = ReturnType<typeof checkedOptions>;

/**
 * The options with their defaults.
 *
 * @throws SparnetError `bad-argument` for an option that is missing, or wrong, or doesn't go with another.
 */
export function checkedOptions(options: EvaluateOptions) {
  const { model, sr, lr, degrade, limit, shard, save, size, scale } = options;
  if ((model === undefined) === (sr === undefined))
    throw new SparnetError('bad-argument', 'expected either a model (--model) or SR pictures (--sr)');
  if (lr !== undefined && degrade)
    throw new SparnetError('bad-argument', 'expected LR pictures or a degradation, not both');
  if (degrade && sr !== undefined)
    throw new SparnetError(
      'bad-argument',
      'SR pictures that were made elsewhere are measured as they are, nothing is degraded; leave --degrade out',
    );
  if (save !== undefined && sr !== undefined)
    throw new SparnetError(
      'bad-argument',
      'SR pictures that were made elsewhere are not saved again; leave --save out',
    );
  if (options.overwrite && save === undefined)
    throw new SparnetError('bad-argument', 'only pictures that are saved write over others; give --save too');
  if (options.ensemble !== undefined && (model === undefined || isInterpolation(model)))
    throw new SparnetError('bad-argument', 'an ensemble is one of outputs of a network (--model FILE)');
  if (limit !== undefined) checkInteger('limit', limit, 1);
  if (size !== undefined) checkInteger('size', size, 1, 16384);
  if (scale !== undefined) checkInteger('scale', scale, 1, 64);
  if (shard) checkInteger('shard', shard.index, 1, checkInteger('shards', shard.of, 1));
  return {
    model: model ?? 'bicubic',
    scale,
    size,
    metrics: checkMetrics(options.metrics ?? ['psnr', 'ssim']),
    protocol: checkOneOf('protocol', options.protocol ?? 'sparnet', protocols),
    border: checkInteger('border', options.border ?? 0, 0, 8192),
    degrade,
    ensemble: checkOneOf('ensemble', options.ensemble ?? 'none', ensembles),
    engine: checkOneOf('engine', options.engine ?? 'auto', ['auto', ...engineNames]),
    workers: checkInteger('workers', options.workers ?? availableParallelism(), 1, 256),
    gallery: checkInteger('gallery', options.gallery ?? 0, 0, 100),
    errorMaps: options.errorMaps ?? false,
    save: save === undefined ? undefined : resolve(save),
    overwrite: options.overwrite ?? false,
    limit,
    shard,
  };
}

/** True for what stands in the place of a model's file and is none: `bicubic` and `input`. */
export function isInterpolation(model: string): model is 'bicubic' | 'input' {
  return model === 'bicubic' || model === 'input';
}
