import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSparnetError } from '@sparnet/core';
import { createSparnet, modelBytes, summary } from '@sparnet/models';
import { expect, test, vi } from 'vitest';
import { tempFolder } from '../eval-fixture.ts';
import { startEngine } from '../measure/start-engine.ts';
import { resultOf } from '../result-fixture.ts';
import { cardCommand } from './card.ts';

const on = new AbortController().signal;
const network = { inputSize: 8, outputSize: 16, scale: 2, minFeatureSize: 8, resDepth: -3 } as const;
const small = { ...network, minChannels: 4, maxChannels: 8, hourglassDepth: 'feature-size' } as const;

test('a card has the sizes, the scores of each set, and what all runs took', async () => {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const folder = tempFolder();
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const model = await modelFile(folder);
  const bytes = readFileSync(model);
  const scores = { a: 20, b: 22 };
  const results = [
    resultOf(scores, { name: 'bicubic', inputs: { model: 'bicubic', hr: '/home/me/val.tar' } }),
    resultOf(
      { a: 23, b: 24 },
      { name: 'face-x2', inputs: { model: '/home/me/face-x2.safetensors', hr: 'val.tar' } },
    ),
    resultOf(scores, { name: 'bicubic', inputs: { model: 'bicubic', hr: 'other', ensemble: 'flip' } }),
    resultOf(scores, { name: 'others', inputs: { model: 'sr', hr: 'other', lr: '/home/me/small' } }),
  ]
    .map((result, index) =>
      index === 1
        ? { ...result, identification: { network: 'n', count: 2, rank1: 0.5, others: 0.25 } }
        : result,
    )
    .map((result, index) => file(`${index}.json`, JSON.stringify(result)));
  const runs = [
    runFolder(folder, 'first', [
      { split: 'train', step: 10, images: 80, imagesPerSecond: 8, loss: {}, lr: 1 },
      { split: 'val', step: 10, psnr: 21, ssim: 0.5, bicubic: { psnr: 20, ssim: 0.4 } },
      { split: 'train', step: 20, images: 160, imagesPerSecond: 4, loss: {}, lr: 1 },
    ]),
    runFolder(folder, 'second', [
      { split: 'train', step: 5, images: 40, imagesPerSecond: 8, loss: {}, lr: 1 },
      { split: 'val', step: 5, psnr: 23.5, ssim: 0.6, bicubic: { psnr: 20, ssim: 0.4 } },
      { split: 'warning', step: 5, message: 'saturated' },
    ]),
  ];
  const about = file('about.md', 'For faces of **two** pixels.\n\n');
  const out = join(folder, 'card.md');
  const argv = ['--model', model, '--from', ...results, '--run', ...runs, '--about', about, '--out', out];
  expect(await cardCommand.run([...argv, '--title', 'Face x2'], on)).toBe(0);
  const card = readFileSync(out, 'utf8');
  expect(card).toMatch(/^# Face x2\n\nFor faces of \*\*two\*\* pixels\.\n\n## Network\n/);
  const { parameters } = summary(small);
  expect(card).toContain(`- ${(parameters / 1e6).toFixed(2)} million parameters\n`);
  expect(card).toContain(
    `${bytes.length.toLocaleString('en')} bytes, SHA-256 \`${createHash('sha256').update(bytes).digest('hex')}\``,
  );
  expect(card.match(/^2 photographs of .*$/gm)).toEqual([
    '2 photographs of `val.tar`, reduced by 8, protocol sparnet:',
    '2 photographs of `other`, reduced by 8, protocol sparnet:',
    '2 photographs of `other`, LR pictures of `small`, protocol sparnet:',
  ]);
  expect(card).toMatch(/\| bicubic \| 21\.0000 \|\n\| face-x2 \| 23\.5000 \|/);
  expect(card).toContain(
    '\nIdentity:\n\n- face-x2: 1 of 2 are most like their own photograph among all (rank-1 50.0 %)',
  );
  expect(card).toContain('| bicubic, ensemble flip | 21.0000 |');
  // 80 images at 8 a second, 80 at 4, 40 at 8.
  expect(card).toContain('25 steps, 200 images seen, 0.0 hours.');
  expect(card).toContain('| 80 | 0.00 | 10 | 21.000 | +1.000 | 0.5000 | +0.1000 |');
  expect(card).toContain('| 200 | 0.01 | 25 | 23.500 | +3.500 | 0.6000 | +0.2000 |');
  expect(card).toContain('Run 2 of 2, `trainer train --config`');
  expect(card).toContain('"data": [\n  "faces.tar"\n ]');
  expect(card).not.toContain('/home/me');
  stdout.mockRestore();
});

test('a table has the metrics of all its results, a dash where one was not measured', async () => {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const folder = tempFolder();
  const both = resultOf({ a: 20 }, { name: 'both' });
  const info = { higherIsBetter: true, range: [-1, 1] as const };
  const measured = { ...both.summary['psnr']!, mean: 0.5 };
  const results = [
    resultOf({ a: 20 }, { name: 'bicubic' }),
    {
      ...both,
      metrics: { ssim: info, ...both.metrics },
      summary: { ssim: measured, ...both.summary },
      images: [{ name: 'a', psnr: 20, ssim: 0.5 }],
    },
    {
      ...both,
      name: 'other',
      metrics: { ssim: info },
      summary: { ssim: measured },
      images: [{ name: 'a', ssim: 0.5 }],
    },
  ].map((result, index) => {
    const file = join(folder, `${index}.json`);
    writeFileSync(file, JSON.stringify(result));
    return file;
  });
  const out = join(folder, 'card.md');
  expect(
    await cardCommand.run(['--model', await modelFile(folder), '--from', ...results, '--out', out], on),
  ).toBe(0);
  expect(readFileSync(out, 'utf8')).toContain(
    [
      '|  | psnr dB ↑ | ssim ↑ |',
      '| --- | ---: | ---: |',
      '| bicubic | 20.0000 | - |',
      '| both | 20.0000 | 0.500000 |',
      '| other | - | 0.500000 |',
    ].join('\n'),
  );
  stdout.mockRestore();
});

test('no name is read as Markdown or HTML', async () => {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const folder = tempFolder();
  const evil = '\n\n# Evil <script>|`';
  const result = {
    ...resultOf(
      { a: 20 },
      { name: evil, inputs: { model: 'm', hr: `x/${evil}`, degrade: `y/${evil}`, ensemble: evil } },
    ),
    identification: { network: 'n', count: 2, rank1: 0.5, others: 0.25 },
  };
  const file = join(folder, 'r.json');
  writeFileSync(file, JSON.stringify(result));
  const val = { split: 'val', step: 1, psnr: 21, ssim: 0.5, bicubic: { psnr: 20, ssim: 0.4 } };
  const run = runFolder(folder, '# Evil <b>', [val]);
  const out = join(folder, 'card.md');
  const argv = ['--model', await modelFile(folder), '--from', file, '--run', run, '--beside', run];
  expect(await cardCommand.run([...argv, '--title', evil, '--out', out], on)).toBe(0);
  const card = readFileSync(out, 'utf8');
  expect(card.match(/^ *(?:- )?#.*$/gm)).toEqual([
    '# \\# Evil \\<script>\\|\\`',
    '## Network',
    '## Measured',
    '## Training',
  ]);
  expect(card).toContain('1 photographs of `` # Evil <script>|` ``, degraded by \\# Evil \\<script>\\|\\`, ');
  expect(card).toContain('\n- \\# Evil \\<script>\\|\\`, ensemble ');
  expect(card).toContain('Beside \\# Evil \\<b>, PSNR');
  // In code it is text.
  expect(card.replaceAll(/`` .*? ``/g, '')).not.toMatch(/(?<!\\)<(?:b|script)/);
  stdout.mockRestore();
});

test.each(['--run', '--beside'])('a file behind %s is named', async (flag) => {
  const folder = tempFolder();
  const model = await modelFile(folder);
  const run = runFolder(folder, 'run', []);
  const argv = ['--model', model, '--run', run, flag, model, '--out', join(folder, 'card.md')];
  await expect(cardCommand.run(argv, on)).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringContaining(`${model}: is no folder`) as string,
  });
});

test('another training is told with as many images and in as many hours, as far as it went', async () => {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const folder = tempFolder();
  const val = (step: number, psnr: number) => ({
    split: 'val',
    step,
    psnr,
    ssim: 0.5,
    bicubic: { psnr: 20, ssim: 0.4 },
  });
  const train = (step: number, imagesPerSecond: number) => ({
    split: 'train',
    step,
    images: step * 8,
    imagesPerSecond,
    loss: {},
    lr: 1,
  });
  const wide = [train(10, 1), val(10, 21), train(20, 1), val(20, 22), train(50, 1), val(50, 23)];
  // Four times as fast: 40 steps in the time of 10.
  const narrow = [train(10, 4), val(10, 20.5), train(30, 4), val(30, 21.5), train(50, 4), val(50, 22)];
  const argv = [
    ...['--model', await modelFile(folder), '--out', join(folder, 'card.md')],
    ...['--run', runFolder(folder, 'wide', wide), '--beside', `${runFolder(folder, 'narrow', narrow)}/`],
  ];
  expect(await cardCommand.run(argv, on)).toBe(0);
  const card = readFileSync(join(folder, 'card.md'), 'utf8');
  expect(card).toContain(
    '| images seen | hours | over bicubic | narrow, equal images | narrow, equal hours |',
  );
  expect(card.split('\n').filter((line) => / \| (\+|-)[\d. ]*\| *(\+|-)[\d. ]*\|$/.test(line))).toEqual([
    '| 80 | 0.02 | +1.000 | +0.500 | +1.750 |',
    '| 160 | 0.04 | +2.000 | +1.000 | - |',
    '| 400 | 0.11 | +3.000 | +2.000 | - |',
  ]);
  stdout.mockRestore();
});

test('a folder without a run and a damaged log are named, and nothing is written', async () => {
  const folder = tempFolder();
  const model = await modelFile(folder);
  const out = join(folder, 'card.md');
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  await expect(cardCommand.run(['--model', model, '--run', empty, '--out', out], on)).rejects.toMatchObject({
    code: 'missing-file',
    message: expect.stringContaining(`${empty}: no training run`) as string,
  });
  const damaged = runFolder(folder, 'damaged', [{ split: 'train' }, { split: 'other' }]);
  await expect(cardCommand.run(['--model', model, '--run', damaged, '--out', out], on)).rejects.toMatchObject(
    {
      code: 'bad-file',
      message: expect.stringContaining('metrics.jsonl, line 2') as string,
    },
  );
  expect(() => readFileSync(out)).toThrow('ENOENT');
});

test.each([
  [['--out', 'a.md'], /--model FILE/],
  [['--model', 'a.safetensors'], /--out FILE\.md/],
  [['--model', 'a', '--out', 'b', '--beside', 'c'], /--run DIR/],
  [['a.safetensors'], /--model and a file/],
])('refused: %j', async (argv, message) => {
  const error: unknown = await cardCommand.run(argv, on).catch((reason: unknown) => reason);
  expect(isSparnetError(error, 'bad-argument')).toBe(true);
  expect((error as Error).message).toMatch(message);
});

async function modelFile(folder: string): Promise<string> {
  const engine = await startEngine('cpu');
  const model = createSparnet(small);
  const file = join(folder, 'face-x2.safetensors');
  writeFileSync(file, await modelBytes(model));
  model.dispose();
  engine.dispose();
  return file;
}

function runFolder(folder: string, name: string, lines: object[]): string {
  const run = join(folder, name);
  mkdirSync(run);
  writeFileSync(join(run, 'config.json'), JSON.stringify({ data: ['/home/me/faces.tar'], steps: 20 }));
  writeFileSync(join(run, 'metrics.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return run;
}
