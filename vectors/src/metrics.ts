import { msSsim, psnr, ssim, type Protocol } from '@sparnet/metrics';
import type { Image } from '@sparnet/image';
import type { StateDict } from '@sparnet/weights';
import { absoluteError, type Finding } from './compare.ts';
import { checkPictures, imageOf } from './pictures.ts';
import { pick, type Reference } from './reference.ts';

type Score = number | 'inf';

interface Json {
  pairs: Record<string, Record<string, Score>>;
  ms_pairs: Record<string, { ms_ssim: number }>;
  tolerances: { psnr: { abs: number }; ssim: { abs: number }; ms_ssim: { abs: number } };
}

/** The names that the references have for the protocols. */
const suffixes: Record<Protocol, string> = {
  sparnet: 'y_official',
  'matlab-uint8': 'y_rounded',
  matlab: 'y_float',
  rgb: 'rgb',
};

/** PSNR and SSIM of image pairs by every protocol, MS-SSIM of grey ones by their levels. */
export async function checkMetrics(reference: Reference): Promise<Finding[]> {
  const { pairs, ms_pairs: grey, tolerances } = reference.json as unknown as Json;
  const images = await reference.read('pairs');
  const names = Object.keys(pairs);
  const wanted = (key: string): number[] => names.map((name) => scoreOf(pairs[name]?.[key]));
  const measured = (metric: (a: Image, b: Image) => number): number[] =>
    names.map((name) => metric(...pairOf(images, name)));
  const findings = (Object.entries(suffixes) as [Protocol, string][]).flatMap(([protocol, suffix]) => [
    {
      name: `psnr ${protocol}`,
      error: absoluteError(
        measured((a, b) => psnr(a, b, { protocol })),
        wanted(`psnr_${suffix}`),
      ),
      tolerance: tolerances.psnr.abs,
    },
    {
      name: `ssim ${protocol}`,
      error: absoluteError(
        measured((a, b) => ssim(a, b, { protocol })),
        wanted(`ssim_${suffix}`),
      ),
      tolerance: tolerances.ssim.abs,
    },
  ]);
  const multiScale = {
    name: 'ms-ssim',
    error: absoluteError(
      Object.keys(grey).map((name) => msSsim(...pairOf(images, name), { protocol: 'rgb' })),
      Object.values(grey).map(({ ms_ssim: score }) => score),
    ),
    tolerance: tolerances.ms_ssim.abs,
  };
  return [...findings, multiScale, ...(await checkPictures(reference.folder, images))];
}

function pairOf(images: StateDict, name: string): [Image, Image] {
  return [imageOf(pick(images, `${name}.a`)), imageOf(pick(images, `${name}.b`))];
}

/** 'inf' stands for infinity; a score that is not there equals nothing. */
function scoreOf(score: Score | undefined): number {
  return score === 'inf' ? Infinity : (score ?? NaN);
}
