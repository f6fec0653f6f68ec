import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createImage, resize, type Image } from '@sparnet/image';
import { decodeImage } from '@sparnet/image/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heatMap } from './heat-map.ts';
import { previewImage, writePreview } from './preview.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'preview-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const ramp = (size: number, channels: 1 | 3 = 3): Image =>
  createImage({
    width: size,
    height: size,
    channels,
    data: Uint8Array.from({ length: size * size * channels }, (_, i) => (i * 37) % 256),
  });
const map = { name: 'b', width: 2, height: 2, values: Float32Array.of(0, 1 / 3, 2 / 3, 1) };

test('heat goes from black through red and yellow to white', () => {
  expect([...heatMap(map).data]).toEqual([0, 0, 0, 255, 0, 0, 255, 255, 0, 255, 255, 255]);
  const outside = { ...map, values: Float32Array.of(-1, 2, Number.NaN, 0.5) };
  expect([...heatMap(outside).data].slice(0, 6)).toEqual([0, 0, 0, 255, 255, 255]);
  expect(() => heatMap({ ...map, width: 3 })).toThrow('3 x 2 values for map b, got 4');
});

test('a row shows LR, bicubic, SR, HR and maps in the size of the output', () => {
  const [lr, sr, hr] = [ramp(4), ramp(32), resize(ramp(8), { width: 32, height: 32 })];
  const preview = previewImage([
    { lr, sr, hr, attention: [map] },
    { lr, sr },
  ]);
  expect([preview.width, preview.height]).toEqual([5 * 32 + 4 * 4, 14 + 2 * (4 + 32)]);
  const tile = (row: number, column: number) => {
    const rows = Array.from({ length: 32 }, (_, y) => {
      const start = ((18 + row * 36 + y) * preview.width + column * 36) * 3;
      return [...preview.data.subarray(start, start + 96)];
    });
    return rows.flat();
  };
  expect(tile(0, 0)).toEqual([...resize(lr, { width: 32, height: 32, filter: 'nearest' }).data]);
  expect(tile(0, 1)).toEqual([...resize(lr, { width: 32, height: 32 }).data]);
  expect(tile(0, 2)).toEqual([...sr.data]);
  expect(tile(0, 3)).toEqual([...hr.data]);
  expect(tile(0, 4).slice(0, 3)).toEqual([0, 0, 0]);
  expect(tile(0, 4).slice(-3)).toEqual([255, 255, 255]);
  expect(tile(1, 2)).toEqual([...sr.data]);
});

test('where the LR image was enlarged in another way, that is shown', () => {
  const [lr, lrUp, sr] = [ramp(5), resize(ramp(7), { width: 32, height: 32 }), ramp(32)];
  const { width, data } = previewImage([{ lr, lrUp, sr }]);
  const line = data.subarray((18 * width + 36) * 3, (18 * width + 68) * 3);
  expect([...line]).toEqual([...lrUp.data.subarray(0, 96)]);
});

test('grey faces and no rows', () => {
  expect(previewImage([{ lr: ramp(4, 1), sr: ramp(32, 1) }]).channels).toBe(3);
  expect(() => previewImage([])).toThrow('at least one image');
});

test('the file is a PNG of the same pixels, and its bytes come back', async () => {
  const preview = previewImage([{ lr: ramp(4), sr: ramp(32) }]);
  const file = join(dir, 'previews', 'step-00001000.png');
  const png = await writePreview(file, preview);
  expect(readFileSync(file).equals(png)).toBe(true);
  const decoded = await decodeImage(png);
  expect([decoded.width, decoded.height]).toEqual([preview.width, preview.height]);
  expect([...decoded.data]).toEqual([...preview.data]);
});
