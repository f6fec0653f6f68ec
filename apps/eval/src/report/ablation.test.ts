import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createSparnet, preset, summary, type PresetName } from '@sparnet/models';
import { saveModel } from '@sparnet/models/node';
import { expect, test } from 'vitest';
import { tempFolder } from '../eval-fixture.ts';
import { startEngine } from '../measure/start-engine.ts';
import { isAblation, readAblation } from './read-ablation.ts';
import { reportPage } from './report-page.ts';

const bicubic = { psnr: 24, ssim: 0.66 };
const small = { maxChannels: 32, minChannels: 8, hourglassWidth: 8 };

test('networks come in the order of the paper, with their validations and sizes', async () => {
  const folder = ablation({
    cbam: [val(10, 25), val(20, 26)],
    'sparnet-v4': [val(20, 26.5)],
    'sparnet-v16': [val(20, 26.75)],
    baseline: [val(20, 25.5)],
  });
  await modelOf('cbam', folder);
  const read = await readAblation(folder);
  expect(read.runs.map((run) => run.preset)).toEqual(['baseline', 'cbam', 'sparnet-v4', 'sparnet-v16']);
  expect(read.runs[1]?.validations.map(({ step, psnr }) => [step, psnr])).toEqual([
    [10, 25],
    [20, 26],
  ]);
  const { parameters, multiplyAdds } = summary({ ...preset('cbam'), ...small });
  expect(read.runs.map(({ size }) => size)).toEqual([
    undefined,
    { parameters, multiplyAdds },
    undefined,
    undefined,
  ]);
  expect(await readAblation(join(folder, 'ablation.json'))).toEqual(read);
});

test('the page shows sizes, results beside bicubic, the best, and gains', async () => {
  const folder = ablation({ baseline: [val(10, 25), val(20, 26)], 'sparnet-v16': [val(20, 23.5)] });
  await modelOf('baseline', folder);
  const page = await reportPage({ title: 'Ablation', results: [], ablations: [await readAblation(folder)] });
  const markdown = JSON.parse(/class="markdown">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '') as string;
  const { parameters, multiplyAdds } = summary({ ...preset('baseline'), ...small });
  const size = `${(parameters / 1e6).toFixed(2)} M | ${(multiplyAdds / 1e9).toFixed(2)} G`;
  expect(markdown.split('\n').slice(2, 5)).toEqual([
    '| bicubic | – | – | – | 24.000 | 0.6600 | – |',
    `| baseline | ${size} | 20 | **26.000** | **0.7000** | +2.000 |`,
    '| sparnet-v16 not done | – | – | 20 | 23.500 | **0.7000** | −0.500 |',
  ]);
  expect(page.match(/class="curve"/g)).toHaveLength(2);
  expect(page).toContain('baseline, step 10: 25.000 dB');
});

test('no best among networks that were trained for different numbers of steps', async () => {
  const folder = ablation({ baseline: [val(10, 25)], cbam: [val(20, 26)] });
  const page = await reportPage({ title: 'Ablation', results: [], ablations: [await readAblation(folder)] });
  expect(page).not.toContain('class="mark"');
});

test('a line torn by a crash is left out; a damaged one is named', async () => {
  const torn = ablation({ cbam: [val(10, 25)] }, '{"split":"val","st');
  expect((await readAblation(torn)).runs[0]?.validations).toHaveLength(1);
  const damaged = ablation({ cbam: [val(10, 25), '{"split":"val","step":20}'] });
  await expect(readAblation(damaged)).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringMatching(/cbam.metrics\.jsonl, line 3: neither/) as string,
  });
});

test('a folder of something else', async () => {
  expect(isAblation(tempFolder())).toBe(false);
  await expect(readAblation(tempFolder())).rejects.toMatchObject({ code: 'no-data' });
});

function val(step: number, psnr: number): string {
  return JSON.stringify({ split: 'val', step, protocol: 'sparnet', psnr, ssim: 0.7, bicubic });
}

/** A folder as `trainer ablation` leaves it. */
function ablation(logs: Record<string, string[]>, end = ''): string {
  const folder = tempFolder();
  for (const [name, lines] of Object.entries(logs)) {
    const file = join(folder, name, 'metrics.jsonl');
    mkdirSync(dirname(file));
    writeFileSync(file, `{"split":"train","step":1}\n${lines.join('\n')}\n${end}`);
  }
  writeFileSync(join(folder, 'ablation.json'), '{}');
  return folder;
}

async function modelOf(name: PresetName, folder: string): Promise<void> {
  const engine = await startEngine('cpu');
  const model = createSparnet({ ...preset(name), ...small });
  await saveModel(model, join(folder, name, 'model.safetensors'));
  model.dispose();
  engine.dispose();
}
