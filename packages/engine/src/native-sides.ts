import { nativeConstant } from './native-constant.ts';
import type { NativeConstant } from './native.ts';

/** Padding by `size` of height and width of [N,H,W,C], as kernels of native TensorFlow take it. */
export function nativeSides(size: number): NativeConstant {
  return nativeConstant(`sides of ${size}`, () => ({
    shape: [4, 2],
    values: Int32Array.of(0, 0, size, size, size, size, 0, 0),
  }));
}
