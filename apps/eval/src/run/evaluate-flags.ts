import { readFile } from 'node:fs/promises';
import { SparnetError, checkOneOf, invalid } from '@sparnet/core';
import { checkRecipe, presets, type Recipe } from '@sparnet/degrade';
import { engineNames } from '@sparnet/engine';
import { protocols } from '@sparnet/metrics';
import type { EvaluateOptions } from '../evaluate-options.ts';
import { metricNames } from '../measure/metric-table.ts';
import { wholeNumber, type FlagValues } from './flags.ts';

/** The flags that say how pictures are measured, whatever the method. */
export const measureFlags = {
  metrics: { takes: 'LIST', help: `Of ${metricNames.join(', ')}, with commas; default psnr,ssim.` },
  protocol: { takes: 'P', help: `What PSNR and SSIM compare: ${protocols.join(', ')}; default sparnet.` },
  border: { takes: 'N', help: 'Pixels that PSNR and SSIM leave out at each side; default 0.' },
  size: {
    takes: 'N',
    help: "Bring HR pictures of another size to N x N: the centred square (of CelebA's 178x218 the face), resized by bicubic. A model has a size of its own.",
  },
  workers: { takes: 'N', help: "Threads; default: the number of cores. The results don't depend on it." },
  engine: {
    takes: 'E',
    help: `What networks compute with: auto, ${engineNames.join(', ')}; default auto.`,
  },
  limit: { takes: 'N', help: 'Measure at most N pictures, spread evenly over all.' },
} as const;

/** @throws SparnetError `bad-argument` for a value that is none. */
export function measureOptions(
  values: FlagValues<typeof measureFlags>,
): Omit<EvaluateOptions, 'hr' | 'model' | 'sr'> {
  const { metrics, protocol, border, size, workers, engine, limit } = values;
  return {
    ...(metrics !== undefined && { metrics: metrics.split(',').filter((name) => name !== '') }),
    ...(protocol !== undefined && { protocol: checkOneOf('--protocol', protocol, protocols) }),
    ...(border !== undefined && { border: wholeNumber('--border', border) }),
    ...(size !== undefined && { size: wholeNumber('--size', size, 1) }),
    ...(workers !== undefined && { workers: wholeNumber('--workers', workers, 1, 256) }),
    ...(engine !== undefined && { engine: checkOneOf('--engine', engine, ['auto', ...engineNames]) }),
    ...(limit !== undefined && { limit: wholeNumber('--limit', limit, 1) }),
  };
}

/** `2/7`: the second of seven. */
export function readShard(text: string): { index: number; of: number } {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (of === undefined || Number(index) < 1 || Number(index) > Number(of) || Number(of) > 99999)
    throw invalid('--shard', 'I/N with I from 1 to N', text);
  return { index: Number(index), of: Number(of) };
}

/**
 * The degradation of a preset's name or of a recipe in a JSON file.
 *
 * @throws SparnetError `missing-file` for what is neither, `bad-config` for an invalid recipe.
 */
export async function readRecipe(name: string): Promise<Recipe> {
  if (Object.hasOwn(presets, name)) return presets[name as keyof typeof presets];
  const text = await readFile(name, 'utf8').catch((cause: unknown) => {
    const known = Object.keys(presets).join(', ');
    throw new SparnetError('missing-file', `${name}: neither a preset (${known}) nor a file`, { cause });
  });
  try {
    return checkRecipe(JSON.parse(text));
  } catch (cause) {
    throw new SparnetError('bad-config', `${name}: ${(cause as Error).message}`, { cause });
  }
}
