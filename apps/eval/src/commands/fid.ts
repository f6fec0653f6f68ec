import { SparnetError, checkOneOf, invalid } from '@sparnet/core';
import { replaceFile } from '@sparnet/core/node';
import { engineNames } from '@sparnet/engine';
import { formatStatistics } from '@sparnet/metrics/fid';
import { asUsage } from 'command-line';
import type { Command } from '../command.ts';
import {
  checkedDistanceOptions,
  isStatistics,
  measureDistance,
  type DistanceOptions,
  type SetDistance,
} from '../distance/measure-distance.ts';
import { featureNetworks } from '../distance/picture-features.ts';
import { checkOutputs } from '../run/check-outputs.ts';
import { readFlags, wholeNumber } from '../run/flags.ts';
import { watched } from '../run/watched.ts';

const flags = {
  sr: { takes: 'DIR|TAR', help: 'The pictures to judge.' },
  reference: {
    takes: 'DIR|TAR|NPZ',
    help: 'The true pictures, or their statistics: of --save-stats or of pytorch-fid.',
  },
  features: {
    takes: 'NET',
    help: `The network that looks: ${featureNetworks.join(', ')}; default ${featureNetworks[0]}, that of FID.`,
  },
  kid: { help: 'The kernel distance too. It keeps the features of all pictures in memory.' },
  size: {
    takes: 'N',
    help: "Bring pictures of another size, of both sets, to N x N: the centred square (of CelebA's 178x218 the face), resized by bicubic.",
  },
  'save-stats': { takes: 'FILE.npz', help: 'Keep the statistics of the reference there.' },
  workers: { takes: 'N', help: "Threads; default: the number of cores. The results don't depend on it." },
  engine: { takes: 'E', help: `What computes: auto, ${engineNames.join(', ')}; default auto.` },
  json: { takes: 'FILE', help: 'Write the result there.' },
} as const;

const usage = `eval fid --sr DIR|TAR --reference DIR|TAR|NPZ [options]

The Frechet distance of two sets of pictures by the features of a network. It is
called FID for inception-fid only: numbers of other networks are no FID.`;

export const fidCommand: Command = { flags, usage, long: true, run };

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { options, json, saveTo } = await asUsage(() => read(argv));
  await checkOutputs({
    inputs: [options.sr, options.reference],
    files: { '--save-stats': saveTo, '--json': json },
  });
  const measured = await watched(signal, (control) => measureDistance(options, control));
  if (!measured) return 130;
  const { distance, reference } = measured;
  if (saveTo !== undefined) await replaceFile(saveTo, formatStatistics(reference));
  if (json !== undefined) await replaceFile(json, `${JSON.stringify(distance, null, 1)}\n`);
  for (const warning of [...distance.warnings, ...distance.frechet.warnings])
    process.stderr.write(`warning: ${warning}\n`);
  process.stdout.write(textOf(distance));
  return 0;
}

function read(argv: readonly string[]): {
  options: DistanceOptions;
  json: string | undefined;
  saveTo: string | undefined;
} {
  const { values, words } = readFlags(argv, flags);
  if (words.length > 0) throw invalid('a flag', '--sr and a path', words[0]);
  const { sr, reference, features, kid, size, workers, engine, json, 'save-stats': saveTo } = values;
  if (sr === undefined || reference === undefined)
    throw new SparnetError('bad-argument', 'expected two sets of pictures: --sr DIR --reference DIR');
  if (saveTo !== undefined && (isStatistics(reference) || !isStatistics(saveTo)))
    throw invalid('--save-stats', 'a name that ends in .npz, for a reference of pictures', saveTo);
  const options: DistanceOptions = {
    sr,
    reference,
    ...(features !== undefined && { features: checkOneOf('--features', features, featureNetworks) }),
    ...(kid && { kid }),
    ...(size !== undefined && { size: wholeNumber('--size', size, 1) }),
    ...(workers !== undefined && { workers: wholeNumber('--workers', workers, 1, 256) }),
    ...(engine !== undefined && { engine: checkOneOf('--engine', engine, ['auto', ...engineNames]) }),
  };
  checkedDistanceOptions(options);
  return { options, json, saveTo };
}

function textOf({ measure, frechet, kernel, skipped }: SetDistance): string {
  const { distance, network, counts } = frechet;
  const sets = counts.map((count) => count ?? 'unknown').join(' and ');
  return [
    `${measure} ${distance.toFixed(4)} (features of ${network}; ${sets} pictures, ${skipped.length} skipped)`,
    ...(kernel
      ? [
          `${kernel.measure} ${kernel.distance.toExponential(4)} +- ${kernel.deviation.toExponential(1)} (${kernel.subsets} subsets of ${kernel.subsetSize})`,
        ]
      : []),
    '',
  ].join('\n');
}
