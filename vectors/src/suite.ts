import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkBlocks } from './blocks.ts';
import type { Finding } from './compare.ts';
import { checkDegrade } from './degrade.ts';
import { checkEmaAdam } from './ema-adam.ts';
import { checkFrechet } from './frechet.ts';
import { checkLosses } from './losses.ts';
import { checkLpips } from './lpips.ts';
import { checkMetrics } from './metrics.ts';
import { checkMultiscaleDiscriminator } from './multiscale-discriminator.ts';
import { checkOfficialCheckpoints } from './official-checkpoints.ts';
import { checkPthFormats, checkPthForward } from './pth-formats.ts';
import { openReference, type Reference } from './reference.ts';
import { checkImageResize, checkInterpolate } from './resize.ts';
import { checkSparnetNetwork } from './sparnet-network.ts';
import { checkSparnethdTraining } from './sparnethd-training.ts';
import { checkSpectralNorm } from './spectral-norm.ts';
import { checkVgg19Perceptual } from './vgg19-perceptual.ts';

type Check = (reference: Reference) => Finding[] | Promise<Finding[]>;

/** What holds a folder's numbers: checks that no engine takes part in, and checks to run on every engine. */
interface Suite {
  once?: Check;
  onEngine?: Check;
}

const network: Suite = { onEngine: checkSparnetNetwork };

const suites: Record<string, Suite> = {
  'sparnet-attn2d-bn': network,
  'sparnet-attn3d-bn': network,
  'sparnet-attn2d-in': network,
  'sparnet-prelu-bn': network,
  blocks: { onEngine: checkBlocks },
  resize: { once: checkImageResize, onEngine: checkInterpolate },
  'pth-formats': { once: checkPthFormats, onEngine: checkPthForward },
  degrade: { once: checkDegrade },
  metrics: { once: checkMetrics },
  frechet: { once: checkFrechet },
  losses: { onEngine: checkLosses },
  'vgg19-perceptual': { onEngine: checkVgg19Perceptual },
  lpips: { onEngine: checkLpips },
  'ema-adam': { once: checkEmaAdam },
  'spectral-norm': { onEngine: checkSpectralNorm },
  'multiscale-discriminator': { onEngine: checkMultiscaleDiscriminator },
  'sparnethd-training': { onEngine: checkSparnethdTraining },
  'official-checkpoints': { onEngine: checkOfficialCheckpoints },
};

/** What is to be done with a folder. */
export type Job =
  | { kind: 'check'; name: string; reference: Reference; suite: Suite }
  | { kind: 'unknown'; name: string };

/** Every folder of reference numbers below `root`, those inside others too, in the order of their names. */
export function findJobs(root: string): Job[] {
  return folders(root).flatMap((name): Job[] => {
    const [top = ''] = name.split('/');
    const suite = suites[top];
    if (suite) return [{ kind: 'check', name, suite, reference: openReference(join(root, name)) }];
    return [{ kind: 'unknown', name }];
  });
}

/** Folders that hold a case, or hold nothing that explains what they are. The suite's own source is none of them. */
function folders(root: string, inside = ''): string[] {
  const names = readdirSync(join(root, inside))
    .filter((name) => statSync(join(root, inside, name)).isDirectory())
    .filter((name) => inside !== '' || !['src', 'node_modules'].includes(name))
    .toSorted();
  return names.flatMap((name) => {
    const path = inside === '' ? name : `${inside}/${name}`;
    const isCase = existsSync(join(root, path, 'case.json')) || existsSync(join(root, path, 'keys.json'));
    return [...(isCase || inside === '' ? [path] : []), ...folders(root, path)];
  });
}
