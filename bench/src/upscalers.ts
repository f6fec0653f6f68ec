// What our published models make of small faces, beside UpscalerJS' models: scores, time, size.
import { SparnetError, checkOneOf } from '@sparnet/core';
import { engineNames, useEngine, type EngineName } from '@sparnet/engine';
import { resize, type Image } from '@sparnet/image';
import { openPictures, placeOf, readPicture, writeImage } from '@sparnet/image/node';
import { enhance, loadModel } from '@sparnet/models';
import { pretrained, pretrainedModel } from '@sparnet/pretrained';
import * as tf from '@tensorflow/tfjs-core';
import { evaluate, faceSquare, type EvaluationResult } from 'eval';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openProgress } from './progress.ts';
import { readFlags, wholeNumber, wordsOf } from './read-flags.ts';
import { runProgram } from './run-program.ts';
import { upscalerModel } from './upscaler-models.ts';

const help = `upscalers: our published models beside those of UpscalerJS, as a Markdown table

  --faces DIR|TAR    photographs of faces, brought to 128 x 128 and reduced to 16 x 16
  --models LIST      ours, by name (default: all that take 16 x 16)
  --metrics LIST     of eval evaluate (default: psnr,ssim)
  --engine E         native or wasm (default: wasm)
  --limit N          at most N faces, spread evenly over all

  SPARNET_UPSCALERS=DIR   a folder in which @upscalerjs/esrgan-slim, -medium and -thick are installed
                          (npm install --prefix DIR --ignore-scripts --legacy-peer-deps ...); what is absent is left out
`;

const flags = {
  faces: { type: 'string' },
  models: { type: 'string' },
  metrics: { type: 'string', default: 'psnr,ssim' },
  engine: { type: 'string', default: 'wasm' },
  limit: { type: 'string' },
} as const;

const scale = 8;
const [large, small] = [128, 128 / scale];
const theirs = ['slim', 'medium', 'thick'].map((size) => `@upscalerjs/esrgan-${size}`);

/** Somebody who enlarges faces. */
interface Upscaler {
  name: string;
  /** Of the weights. */
  bytes?: number;
  upscale(image: Image): Promise<Image>;
}

interface Row {
  name: string;
  bytes?: number | undefined;
  /** Median milliseconds for a face, one after the other; the first is not timed. */
  milliseconds?: number;
  result: EvaluationResult;
}

await runProgram(async () => {
  const values = readFlags(flags);
  if (!values) {
    process.stdout.write(help);
    return;
  }
  if (values.faces === undefined) throw new SparnetError('bad-argument', 'expected photographs: --faces DIR');
  const faces = await facesOf(
    resolve(process.env['INIT_CWD'] ?? '.', values.faces),
    values.limit && wholeNumber('--limit', values.limit),
  );
  const metrics = wordsOf(values.metrics);
  const engine = checkOneOf('--engine', values.engine, engineNames);
  const progress = openProgress();
  const folder = await mkdtemp(join(tmpdir(), 'sparnet-upscalers-'));
  try {
    const hr = join(folder, 'hr');
    await mkdir(hr);
    for (const [name, face] of faces) await writeImage(join(hr, `${name}.png`), face);
    const measured = { hr, metrics, engine };
    const rows: Row[] = [
      { name: 'bicubic', result: await evaluate({ model: 'bicubic', scale, ...measured }) },
    ];
    tf.enableProdMode();
    await useEngine(engine);
    for await (const upscaler of upscalers(values.models, progress.say)) {
      progress.show(upscaler.name);
      rows.push(await measure(upscaler, faces, join(folder, 'sr'), measured));
    }
    process.stdout.write(tableOf(rows, metrics));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function facesOf(path: string, limit?: number | ''): Promise<[string, Image][]> {
  const set = await openPictures([path]);
  const count = Math.min(limit || set.names.length, set.names.length);
  const faces: [string, Image][] = [];
  for (let i = 0; i < count; i++) {
    const photo = await readPicture(placeOf(set, Math.floor((i * set.names.length) / count)));
    faces.push([String(i).padStart(5, '0'), faceSquare(photo, large)]);
  }
  return faces;
}

/** Ours, then theirs. */
async function* upscalers(names: string | undefined, say: (line: string) => void): AsyncGenerator<Upscaler> {
  for (const name of names ? wordsOf(names) : Object.keys(pretrained)) {
    const published = pretrainedModel(name);
    if (!published) throw new SparnetError('bad-argument', `no published model ${name}`);
    const model = await loadModel(published);
    model.foldNorms();
    if (names || model.config.scale === scale)
      yield { name, bytes: published.bytes, upscale: (image) => enhance(model, image) };
    model.dispose();
  }
  const folder = process.env['SPARNET_UPSCALERS'];
  if (folder === undefined) {
    say('UpscalerJS is left out: SPARNET_UPSCALERS names no folder');
    return;
  }
  for (const name of theirs) {
    const model = await upscalerModel(folder, name, scale);
    if (model) yield { name: name.slice(1), ...model };
    else say(`${name} is left out: it is not in ${folder}`);
  }
}

async function measure(
  { name, bytes, upscale }: Upscaler,
  faces: readonly [string, Image][],
  sr: string,
  measured: { hr: string; metrics: string[]; engine: EngineName },
): Promise<Row> {
  await rm(sr, { recursive: true, force: true });
  await mkdir(sr);
  const times: number[] = [];
  for (const [face, hr] of faces) {
    const lr = resize(hr, { width: small, height: small });
    const start = performance.now();
    const image = await upscale(lr);
    times.push(performance.now() - start);
    await writeImage(join(sr, `${face}.png`), image);
  }
  const timed = times.slice(1).toSorted((a, b) => a - b);
  const milliseconds = timed[Math.floor(timed.length / 2)];
  return {
    name,
    bytes,
    ...(milliseconds !== undefined && { milliseconds }),
    result: await evaluate({ sr, name, ...measured }),
  };
}

function tableOf(rows: readonly Row[], metrics: readonly string[]): string {
  const head = ['', ...metrics, 'ms a face', 'weights'];
  const lines = rows.map(({ name, bytes, milliseconds, result }) => [
    name,
    ...metrics.map((metric) => {
      const mean = result.summary[metric]?.mean;
      return typeof mean === 'number' ? mean.toFixed(metric === 'psnr' ? 3 : 4) : (mean ?? '');
    }),
    milliseconds?.toFixed(0) ?? '',
    bytes === undefined ? '' : `${(bytes / 1e6).toFixed(1)} MB`,
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...lines.map(line)].join('');
}
