import { encodeImage } from '@sparnet/image/node';
import { randomStream } from '@sparnet/core';

/** The PNG bytes of small random pictures, `side` pixels wide and high, for tests. */
export async function pngs(count: number, side = 20): Promise<Uint8Array[]> {
  const made = Array.from({ length: count }, (_, index) => {
    const random = randomStream({ seed: 1, purpose: 'picture', index });
    const data = Uint8Array.from({ length: side * side * 3 }, () => random.integer(256));
    return encodeImage({ width: side, height: side, channels: 3, data }, { format: 'png' });
  });
  return Promise.all(made);
}
