import { expect, test } from 'vitest';
import { apply, presets, sample } from './index.ts';
import { knownBits } from './known-bits-fixture.ts';
import { picture } from './picture-fixture.ts';

test.each(Object.entries(presets))(
  '%s gives the bits in a browser that it gives in Node',
  async (name, preset) => {
    const digests = await Promise.all(
      [0, 1, 2].map((index) => digest(apply(picture(48, 40), sample(preset, 7, index)).lrUp)),
    );
    expect(digests.join(' ')).toBe(knownBits[name]);
  },
);

async function digest({ width, height, data }: ReturnType<typeof picture>): Promise<string> {
  const size = new TextEncoder().encode(`${width}x${height}`);
  const bytes = new Uint8Array([...size, ...data]);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .slice(0, 12);
}
