import type { EvaluationResult, ImageScores, Score } from './result.ts';
import { summarise } from './statistics/summarise.ts';

/** A result with these scores of PSNR, by the names of pictures. */
export function resultOf(
  scores: Record<string, Score>,
  changes: Partial<EvaluationResult> = {},
): EvaluationResult {
  const images = Object.entries(scores).map(([name, psnr]) => ({ name, psnr }) as ImageScores);
  return {
    format: 'sparnet-evaluation-1',
    name: 'method',
    protocol: 'sparnet',
    border: 0,
    scale: 8,
    count: images.length,
    fitted: 0,
    inputs: { model: 'method', hr: 'faces' },
    skipped: [],
    metrics: { psnr: { higherIsBetter: true, unit: 'dB', range: [0, 'Infinity'] } },
    summary: summarise(images, ['psnr']),
    images,
    gallery: [],
    ...changes,
  };
}
