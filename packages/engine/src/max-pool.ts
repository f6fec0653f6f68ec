import { checkInteger, invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';
import { onWasm, writeOnHeap } from './wasm-heap.ts';

interface Attributes {
  size: number;
  stride: number;
  /** What is put around height and width, lower than every value. */
  before: number;
  after: readonly [rows: number, columns: number];
}

const operation: Operation<Attributes> = {
  name: 'SparnetMaxPool',
  inputNames: ['x'],
  keepsInputs: [0],
  keepsOutputs: [],
  forward: ([x], attributes) => [pooled(enlarged(x as tf.Tensor4D, attributes), attributes)],
  backward({ gradients, inputs, attributes }) {
    const dy = gradients[0] as tf.Tensor4D;
    const x = inputs[0] as tf.Tensor4D;
    return [onWasm() ? adjointOnHeap(x, dy, attributes) : adjoint(x, dy, attributes)];
  },
};

/**
 * The largest value of each window of `size` x `size` pixels of `x` [N,H,W,C], PyTorch's `MaxPool2d`. Where values are
 * equal the first of the window gets the gradient.
 *
 * @param options.padding - Pixels on each side that no window takes its value from; at most half of `size`.
 * @param options.ceilMode - Let the last window hang over the edge, where the size is else rounded down. One that would
 *   begin behind the input is left out.
 * @returns [N,H',W',C] with H' = floor((H + 2 padding - size) / stride) + 1.
 * @throws SparnetError `bad-argument` for other integers, or an input smaller than the window.
 */
export function maxPool(
  x: tf.Tensor4D,
  {
    size,
    stride = size,
    padding = 0,
    ceilMode = false,
  }: { size: number; stride?: number; padding?: number; ceilMode?: boolean },
): tf.Tensor4D {
  checkInteger('size', size, 1);
  checkInteger('stride', stride, 1);
  checkInteger('padding', padding, 0, Math.floor(size / 2));
  const [, height, width] = x.shape;
  if (Math.min(height, width) + 2 * padding < size) {
    throw invalid('x', `height and width no smaller than the window of ${size}x${size}`, x.shape);
  }
  const after = (length: number): number => {
    const steps = (length + 2 * padding - size) / stride;
    const last = ceilMode ? Math.ceil(steps) : Math.floor(steps);
    const begins = last * stride < length + padding ? last * stride : (last - 1) * stride;
    return Math.max(begins + size - padding - length, 0);
  };
  const attributes = { size, stride, before: padding, after: [after(height), after(width)] as const };
  return runOne(operation, [x], attributes);
}

function enlarged(x: tf.Tensor4D, { before, after: [below, right] }: Attributes): tf.Tensor4D {
  if (before + below + right === 0) return x;
  return tf.pad(
    x,
    [
      [0, 0],
      [before, below],
      [before, right],
      [0, 0],
    ],
    -Infinity,
  );
}

function pooled(wide: tf.Tensor4D, { size, stride }: Attributes): tf.Tensor4D {
  return tf.maxPool(wide, size, stride, 'valid');
}

/** By the kernel of tfjs' own gradient, which these engines have. */
function adjoint(x: tf.Tensor4D, dy: tf.Tensor4D, attributes: Attributes): tf.Tensor4D {
  const { size, stride, before } = attributes;
  const input = enlarged(x, attributes);
  const given = { filterSize: size, strides: stride, pad: 'valid', dimRoundingMode: undefined };
  const gradient = (wide: tf.Tensor4D, dz: tf.Tensor4D): tf.Tensor4D => {
    const named = { dy: dz, input: wide, output: pooled(wide, attributes) };
    const result: unknown = tf.engine().runKernel('MaxPoolGrad', named, given as unknown as tf.NamedAttrMap);
    return result as tf.Tensor4D;
  };
  const wide =
    tf.getBackend() === 'webgpu' ? fromTheEnd(gradient, input, dy, attributes) : gradient(input, dy);
  return tf.slice(wide, [0, before, before, 0], x.shape);
}

/** WebGPU's kernel prefers the last of equal values: it is shown everything from the end. */
function fromTheEnd(
  gradient: (x: tf.Tensor4D, dy: tf.Tensor4D) => tf.Tensor4D,
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { size, stride }: Attributes,
): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const [rows, columns] = [dy.shape[1], dy.shape[2]].map((count) => (count - 1) * stride + size) as [
    number,
    number,
  ];
  const seen = tf.slice(x, [0, 0, 0, 0], [batch, rows, columns, channels]);
  const turned = gradient(tf.reverse(seen, [1, 2]), tf.reverse(dy, [1, 2]));
  return tf.pad(tf.reverse(turned, [1, 2]), [
    [0, 0],
    [0, height - rows],
    [0, width - columns],
    [0, 0],
  ]);
}

/** In one pass over the heap: the WASM engine has no kernel for it. */
function adjointOnHeap(x: tf.Tensor4D, dy: tf.Tensor4D, { size, stride, before }: Attributes): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const [, rows, columns] = dy.shape;
  const both = tf.concat([tf.reshape(x, [x.size]), tf.reshape(dy, [dy.size])]);
  return writeOnHeap(both, x.shape, (target, source) => {
    target.fill(0);
    const largest = new Float32Array(channels);
    const places = new Int32Array(channels);
    let gradient = x.size;
    for (let image = 0; image < batch; image++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          largest.fill(-Infinity);
          const [top, left] = [row * stride - before, column * stride - before];
          for (let y = Math.max(top, 0); y < Math.min(top + size, height); y++) {
            for (let z = Math.max(left, 0); z < Math.min(left + size, width); z++) {
              const from = ((image * height + y) * width + z) * channels;
              for (let c = 0; c < channels; c++) {
                const value = source[from + c] as number;
                if (value <= (largest[c] as number)) continue;
                largest[c] = value;
                places[c] = from + c;
              }
            }
          }
          for (let c = 0; c < channels; c++) {
            (target[places[c] as number] as number) += source[gradient++] as number;
          }
        }
      }
    }
  });
}
