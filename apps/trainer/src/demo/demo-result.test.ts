import { join } from 'node:path';
import { useEngine } from '@sparnet/engine';
import { createSparnet, preset } from '@sparnet/models';
import { saveModel } from '@sparnet/models/node';
import { expect, test } from 'vitest';
import { tempFolder } from '../data/temp-folder.ts';
import { prepareDemoFaces } from './demo-faces.ts';
import { demoResult } from './demo-result.ts';

test('the last picture has a row a face; the published model is far ahead of bicubic on faces of another source', async () => {
  const { valDir: faces } = await prepareDemoFaces(tempFolder());
  const model = join(tempFolder(), 'untaught.safetensors');
  const { dispose } = await useEngine('wasm');
  await saveModel(createSparnet(preset('sparnet-tiny'), { seed: 1 }), model);
  dispose();

  const { picture, psnr } = await demoResult({ model, faces });
  const [side, gap] = [128, 4];
  expect(picture.width).toBe(6 * side + 5 * gap);
  expect(picture.height).toBeGreaterThan(4 * side + 4 * gap);
  expect(psnr.bicubic).toBeCloseTo(23.662, 2);
  expect(psnr.taught).toBeLessThan(psnr.published);
  expect(psnr.published - psnr.bicubic).toBeGreaterThan(1.5);
}, 120_000);
