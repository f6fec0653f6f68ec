import { SparnetError } from '@sparnet/core';
import { msSsim, psnr, ssim, type MetricName, type Protocol } from '@sparnet/metrics';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { photographPairs, randomPairs, type Pair } from './metrics-pairs.ts';

/** The scores of the other packages. */
interface Peers {
  scores: Partial<Record<MetricName, Record<string, Record<string, number[]>>>>;
  /** Python packages that are not here. */
  missing: string[];
}

const pairsOfAKind = 100;
/** The least that MS-SSIM takes. */
const imageSide = 176;
const functions = { psnr, ssim, 'ms-ssim': msSsim } as const;
const titles = { psnr: 'PSNR, dB', ssim: 'SSIM', 'ms-ssim': 'MS-SSIM' } as const;

const opening = `# Agreement with other packages

The largest difference between a score of \`@sparnet/metrics\` and that of another package, all in double precision, over ${pairsOfAKind} random pairs (noise beside other noise; noise beside itself with more noise) and ${pairsOfAKind} pairs of real photographs (the pictures that ship with \`@vladmandic/face-api\`, cut and reduced; enlarged again from a half to an eighth of the side, compressed as JPEG, blurred by \`@sparnet/degrade\`). Each image is ${imageSide} x ${imageSide} RGB. Made by

\`\`\`
SPARNET_PYTHON=/path/to/python npx pnpm --silent --filter bench metrics --agreement > docs/metrics-agreement.md
\`\`\`
`;

const closing = `The others get what the protocol compares: luminance, truncated (\`sparnet\`) or not rounded (\`matlab\`). scikit-image: \`gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255\`; it has no MS-SSIM. torchmetrics: its defaults with \`data_range=255\`. Its SSIM and the coarsest scale of its MS-SSIM count also the margin of 5 pixels, where the window leaves the image and sees it mirrored, which the definitions do not; it takes the logarithms of the peak and of 10 for PSNR in single precision. OpenCV's SSIM (\`cv2.quality\`) is no part of its main package and is not compared. The formulas in SciPy are the definitions written down a second time, in \`bench/src/metrics_agreement.py\`.
`;

/**
 * A Markdown page with the differences between our scores and those of the Python packages that are here.
 *
 * @throws SparnetError `missing-package` when Python or NumPy can't be run.
 */
export async function agreementPage(python: string): Promise<string> {
  const kinds = {
    random: randomPairs(pairsOfAKind, imageSide),
    photographs: await photographPairs(pairsOfAKind, imageSide),
  };
  const peers = await peersOf(python, [...kinds.random, ...kinds.photographs]);
  const head = ['metric', 'protocol', 'package', ...Object.keys(kinds)];
  const rows: string[][] = [];
  for (const [metric, protocols] of Object.entries(peers.scores) as [
    MetricName,
    Record<Protocol, Record<string, number[]>>,
  ][]) {
    for (const [protocol, packages] of Object.entries(protocols) as [Protocol, Record<string, number[]>][]) {
      const ours = Object.values(kinds).map((pairs) =>
        pairs.map(([truth, guess]) => functions[metric](truth, guess, { protocol })),
      );
      for (const [name, theirs] of Object.entries(packages)) {
        const differences = ours.map((scores, kind) =>
          largestDifference(scores, theirs.slice(kind * pairsOfAKind)),
        );
        rows.push([
          titles[metric],
          `\`${protocol}\``,
          name,
          ...differences.map((value) => value.toExponential(1)),
        ]);
      }
    }
  }
  const missing =
    peers.missing.length > 0 ? `\nNot here, so not compared: ${peers.missing.join(', ')}.\n` : '';
  return `${opening}\n${markdownTable([head, ...rows])}\n${closing}${missing}`;
}

async function peersOf(python: string, pairs: readonly Pair[]): Promise<Peers> {
  const folder = await mkdtemp(join(tmpdir(), 'sparnet-bench-'));
  try {
    const file = join(folder, 'pairs');
    await writeFile(file, Buffer.concat(pairs.flat().map(({ data }) => new Uint8Array(data))));
    const program = fileURLToPath(new URL('metrics_agreement.py', import.meta.url));
    const { status, stdout } = spawnSync(python, [program, file, String(imageSide)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 2 ** 28,
    });
    if (status === 0) return JSON.parse(stdout) as Peers;
    throw new SparnetError(
      'missing-package',
      `${python} can't score the pairs: it needs numpy (SPARNET_PYTHON names another)`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function largestDifference(ours: readonly number[], theirs: readonly number[]): number {
  return Math.max(...ours.map((score, i) => Math.abs(score - theirs[i]!)));
}

/** Columns as wide as their widest word, as the formatter would have them. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (words: readonly string[]) =>
    `| ${words.map((word, c) => word.padEnd(widths[c]!)).join(' | ')} |\n`;
  const [head, ...rest] = rows;
  return line(head!) + line(widths.map((width) => '-'.repeat(width))) + rest.map(line).join('');
}
