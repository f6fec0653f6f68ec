import type { Image } from './image.ts';

/**
 * The samples as a plain `Uint8Array` over the same memory, whatever view the caller had (`Buffer`, clamped): inner
 * loops that always meet one kind of array are compiled for it.
 */
export function imageBytes({ data }: Image): Uint8Array {
  if (data.constructor === Uint8Array) return data;
  return new Uint8Array(data.buffer, data.byteOffset, data.length);
}
