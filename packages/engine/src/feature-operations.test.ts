// The contract of the operations that feature networks are made of, on every engine present: forward against a plain
// definition, the same gradient through the sweep and through tf.grads, and that is the exact adjoint.
import '@tensorflow/tfjs';
import { randomStream } from '@sparnet/core';
import * as engine from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

type Shape4D = [number, number, number, number];
interface Case {
  name: string;
  shapes: number[][];
  apply: (...inputs: never[]) => tf.Tensor;
  /** In each input by itself. */
  linear?: true;
  /** The plain definition, in float64. */
  plain?: (...inputs: Values[]) => number[];
}

const cases: Case[] = [
  ...(
    [
      ['11x11 stride 4 padding 2', [1, 21, 18, 3], [11, 11, 3, 2], { stride: 4, padding: [2, 2] }],
      ['1x7', [2, 4, 9, 3], [1, 7, 3, 2], { padding: [0, 3] }],
      ['7x1', [1, 8, 5, 2], [7, 1, 2, 3], { padding: [3, 0] }],
      ['3x1 without padding', [2, 5, 4, 2], [3, 1, 2, 3], {}],
      ['2x3 stride 3', [1, 9, 8, 2], [2, 3, 2, 3], { stride: 3 }],
      ['5x5 stride 3, rows left over', [1, 10, 12, 2], [5, 5, 2, 2], { stride: 3, padding: [1, 0] }],
    ] as [string, Shape4D, Shape4D, { stride?: number; padding?: [number, number] }][]
  ).map(([name, x, filter, options]): Case => ({
    name: `generalConv2d ${name}`,
    shapes: [x, filter, [filter[3]]],
    apply: (a: tf.Tensor4D, f: tf.Tensor4D, b: tf.Tensor1D) => engine.generalConv2d(a, f, b, options),
    linear: true,
    plain: (a, f, b) => plainConv(a, f, b, options),
  })),
  ...(
    [
      ['2x2', [2, 6, 7, 3], { size: 2 }],
      ['3x3 stride 2', [1, 8, 7, 2], { size: 3, stride: 2 }],
      ['3x3 stride 2, the last window over the edge', [1, 8, 6, 3], { size: 3, stride: 2, ceilMode: true }],
      ['2x2 stride 3, no window behind the edge', [1, 7, 6, 1], { size: 2, stride: 3, ceilMode: true }],
      ['3x3 stride 1 padding 1', [2, 4, 5, 2], { size: 3, stride: 1, padding: 1 }],
      [
        '3x3 stride 2 padding 1, over the edge',
        [1, 6, 7, 2],
        { size: 3, stride: 2, padding: 1, ceilMode: true },
      ],
    ] as [string, Shape4D, PoolOptions][]
  ).map(([name, shape, options]): Case => ({
    name: `maxPool ${name}`,
    shapes: [shape],
    apply: (x: tf.Tensor4D) => engine.maxPool(x, options),
    plain: (x) => plainMaxPool(x, options),
  })),
  ...[3, 5].map((size): Case => ({
    name: `averageNeighbours ${size}`,
    shapes: [[2, 4, 6, 3]],
    apply: (x: tf.Tensor4D) => engine.averageNeighbours(x, size),
    linear: true,
    plain: (x) => plainAverage(x, size),
  })),
  {
    name: 'normaliseChannels',
    shapes: [[2, 3, 4, 3]],
    apply: (x: tf.Tensor4D) => engine.normaliseChannels(x, { mean: [0.5, 0, -2], deviation: [2, 0.25, 1] }),
    linear: true,
    plain: (x) => Array.from(x.data, (v, i) => (v - [0.5, 0, -2][i % 3]!) / [2, 0.25, 1][i % 3]!),
  },
  {
    name: 'featureDistance',
    shapes: [[2, 3, 4, 5], [2, 3, 4, 5], [5]],
    apply: engine.featureDistance,
    plain: plainDistance,
  },
  {
    name: 'meanOverAll',
    shapes: [[3, 2]],
    apply: engine.meanOverAll,
    linear: true,
    plain: (x) => [x.data.reduce((a, b) => a + b, 0) / 6],
  },
];

interface PoolOptions {
  size: number;
  stride?: number;
  padding?: number;
  ceilMode?: boolean;
}
interface Values {
  shape: number[];
  data: number[];
}

function contract(name: engine.EngineName): void {
  let used: engine.Engine;
  beforeAll(async () => {
    used = await engine.useEngine(name);
    expect(used.name).toBe(name);
    // Else tfjs computes these small tensors on the processor.
    if (name === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);
  });
  afterAll(() => used.dispose());

  test.each(cases.map((entry) => [entry.name, entry] as const))(
    '%s',
    (_, { shapes, apply, linear, plain }) => {
      const call = apply as unknown as (...inputs: tf.Tensor[]) => tf.Tensor;
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const inputs = shapes.map((shape, index) => values(shape, `input ${index}`));
        const output = call(...inputs);
        const wanted = plain?.(
          ...inputs.map((x) => ({ shape: x.shape, data: [...x.dataSync()] })),
        ) as number[];
        expect(output.size).toBe(wanted.length);
        const largestValue = Math.max(...wanted.map(Math.abs));
        for (const [index, value] of output.dataSync().entries()) {
          expect(Math.abs(value - (wanted[index] as number)) / largestValue).toBeLessThan(1e-6);
        }

        const weights = values(output.shape, 'weights');
        const taped = tf.grads((...xs: tf.Tensor[]) => tf.mul(call(...xs), weights))(inputs);
        const swept = engine.sweep(() => weighted(call(...inputs), weights), inputs);
        for (const [index, input] of inputs.entries()) {
          const gradient = taped[index] as tf.Tensor;
          expect(gradient.shape).toEqual(input.shape);
          const largest = tf.max(tf.abs(gradient)).dataSync()[0] as number;
          const gap = tf.max(tf.abs(tf.sub(gradient, swept.gradients[index] as tf.Tensor)));
          expect((gap.dataSync()[0] as number) / largest).toBeLessThan(1e-5);

          const direction = values(input.shape, `direction ${index}`);
          const step = linear ? 1 : 1e-3;
          const at = (distance: number): number => {
            const moved = tf.add(input, tf.mul(direction, distance));
            return inner(call(...inputs.map((x, i) => (i === index ? moved : x))), weights);
          };
          const difference = (at(step) - at(-step)) / (2 * step);
          const scale = Math.sqrt(inner(gradient, gradient) * inner(direction, direction));
          const error = Math.abs(difference - inner(gradient, direction)) / scale;
          expect(error).toBeLessThan(linear ? 1e-6 : 2e-3);
        }
        tf.dispose([swept.loss, swept.gradients]);
      });
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  test('of equal largest values the first of the window gets the gradient', () => {
    const x = tf.tensor4d([1, 7, 7, 7, 0, 7, 0, 0, 0], [1, 3, 3, 1]);
    const [gradient] = tf.grads((input) => engine.maxPool(input as tf.Tensor4D, { size: 2, stride: 1 }))([x]);
    expect([...(gradient as tf.Tensor).dataSync()]).toEqual([0, 2, 0, 1, 0, 1, 0, 0, 0]);
    const zeros = tf.zeros<tf.Rank.R4>([1, 4, 4, 1]);
    const [first] = tf.grads((input) =>
      engine.maxPool(input as tf.Tensor4D, { size: 3, stride: 2, padding: 1, ceilMode: true }),
    )([zeros]);
    expect([...(first as tf.Tensor).dataSync()]).toEqual([1, 1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 1]);
    tf.dispose([x, zeros, gradient, first]);
  });

  test('the distance of equal features is 0, and so is its gradient; of zeros too', () => {
    const a = tf.tensor4d([1, 2, 0, 0], [1, 1, 2, 2]);
    const { loss, gradients } = engine.sweep(
      () => engine.meanOverAll(engine.featureDistance(a, tf.clone(a), tf.ones([2]))),
      [a],
    );
    expect(loss.dataSync()[0]).toBe(0);
    expect([...(gradients[0] as tf.Tensor).dataSync()].map(Math.abs)).toEqual([0, 0, 0, 0]);
    tf.dispose([a, loss, gradients]);
  });
}

describe.each(['cpu', 'wasm'] as const)('on %s', (name) => {
  contract(name);
});
describe.skipIf(!process.env['SPARNET_NATIVE'])('on native (in the folder SPARNET_NATIVE)', () => {
  contract('native');
});
describe.skipIf(!process.env['SPARNET_WEBGPU'])('on webgpu (in the folder SPARNET_WEBGPU)', () => {
  contract('webgpu');
});

test('what does not fit together is refused', async () => {
  const used = await engine.useEngine('cpu');
  tf.tidy(() => {
    const x = tf.zeros<tf.Rank.R4>([1, 5, 6, 3]);
    const filter = tf.zeros<tf.Rank.R4>([1, 7, 3, 4]);
    const three = tf.ones<tf.Rank.R1>([3]);
    const refused: [string, () => unknown][] = [
      ['no smaller than the filter of 1x7', () => engine.generalConv2d(x, filter)],
      ['for padding, got 0.5', () => engine.generalConv2d(x, filter, undefined, { padding: [0, 0.5] })],
      ['for stride, got 0', () => engine.generalConv2d(x, filter, undefined, { stride: 0 })],
      ['for bias, got [3]', () => engine.generalConv2d(x, filter, three, { padding: [0, 3] })],
      ['3 channels for x', () => engine.generalConv2d(tf.zeros([1, 9, 9, 2]), filter)],
      ['between 0 and 1 for padding, got 2', () => engine.maxPool(x, { size: 3, padding: 2 })],
      ['no smaller than the window of 6x6', () => engine.maxPool(x, { size: 6 })],
      ['odd integer for size, got 2', () => engine.averageNeighbours(x, 2)],
      ['for mean, got [0]', () => engine.normaliseChannels(x, { mean: [0], deviation: [1, 1, 1] })],
      ['for deviation, got [1]', () => engine.normaliseChannels(x, { mean: [0, 0, 0], deviation: [1] })],
      [
        'for weights, got [3]',
        () => engine.featureDistance(tf.zeros([1, 1, 1, 2]), tf.zeros([1, 1, 1, 2]), three),
      ],
      ['for b, got [1, 5, 6, 3]', () => engine.featureDistance(tf.zeros([1, 5, 5, 3]), x, three)],
    ];
    for (const [message, act] of refused) expect(act).toThrow(message);
  });
  used.dispose();
});

/** Values away from each other and from 0, so that no central difference crosses a kink. */
function values(shape: number[], purpose: string): tf.Tensor {
  const random = randomStream({ seed: 11, purpose });
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  );
}

/** In double precision. */
function inner(a: tf.Tensor, b: tf.Tensor): number {
  const others = b.dataSync();
  return Array.from(a.dataSync()).reduce((sum, value, index) => sum + value * (others[index] as number), 0);
}

/** A loss whose gradient by `output` is `weights`, from operations that a sweep records. */
function weighted(output: tf.Tensor, weights: tf.Tensor): tf.Scalar {
  const products = engine.multiply(output as tf.Tensor4D, weights as tf.Tensor4D);
  return engine.meanOverAll(engine.scaleBy(products, output.size));
}

/** The value of `x` [N,H,W,C] at a place, 0 outside. */
function valueAt({ shape, data }: Values, n: number, y: number, z: number, c: number, outside = 0): number {
  const [, height, width, channels] = shape as Shape4D;
  if (y < 0 || z < 0 || y >= height || z >= width) return outside;
  return data[((n * height + y) * width + z) * channels + c] as number;
}

/** `value` of every place of [N,H,W,C], in order. */
function everywhere(
  [batch, height, width, channels]: Shape4D,
  value: (n: number, y: number, z: number, c: number) => number,
): number[] {
  const result: number[] = [];
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < height; y++) {
      for (let z = 0; z < width; z++) {
        for (let c = 0; c < channels; c++) result.push(value(n, y, z, c));
      }
    }
  }
  return result;
}

function plainConv(
  x: Values,
  filter: Values,
  bias: Values,
  { stride = 1, padding = [0, 0] }: { stride?: number; padding?: [number, number] },
): number[] {
  const [batch, height, width, channels] = x.shape as Shape4D;
  const [rows, columns, , outputs] = filter.shape as Shape4D;
  const side = (length: number, pad: number, size: number): number =>
    Math.floor((length + 2 * pad - size) / stride) + 1;
  const shape: Shape4D = [batch, side(height, padding[0], rows), side(width, padding[1], columns), outputs];
  return everywhere(shape, (n, y, z, d) => {
    let sum = bias.data[d] as number;
    for (let r = 0; r < rows; r++) {
      for (let s = 0; s < columns; s++) {
        for (let c = 0; c < channels; c++) {
          sum +=
            valueAt(x, n, y * stride + r - padding[0], z * stride + s - padding[1], c) *
            valueAt(filter, r, s, c, d);
        }
      }
    }
    return sum;
  });
}

function plainMaxPool(
  x: Values,
  { size, stride = size, padding = 0, ceilMode = false }: PoolOptions,
): number[] {
  const [batch, height, width, channels] = x.shape as Shape4D;
  const side = (length: number): number => {
    // PyTorch's rule: with ceil mode a window counts when it begins inside the input or the padding before it.
    let count = 1;
    while (count * stride + (ceilMode ? 1 : size) <= length + 2 * padding) {
      if (ceilMode && count * stride >= length + padding) break;
      if (ceilMode && (count - 1) * stride + size >= length + 2 * padding) break;
      count++;
    }
    return count;
  };
  return everywhere([batch, side(height), side(width), channels], (n, y, z, c) => {
    let largest = -Infinity;
    for (let r = 0; r < size; r++) {
      for (let s = 0; s < size; s++) {
        largest = Math.max(
          largest,
          valueAt(x, n, y * stride + r - padding, z * stride + s - padding, c, -Infinity),
        );
      }
    }
    return largest;
  });
}

function plainAverage(x: Values, size: number): number[] {
  const [, height, width] = x.shape as Shape4D;
  const half = (size - 1) / 2;
  return everywhere(x.shape as Shape4D, (n, y, z, c) => {
    let [sum, count] = [0, 0];
    for (let r = Math.max(y - half, 0); r <= Math.min(y + half, height - 1); r++) {
      for (let s = Math.max(z - half, 0); s <= Math.min(z + half, width - 1); s++) {
        sum += valueAt(x, n, r, s, c);
        count++;
      }
    }
    return sum / count;
  });
}

function plainDistance(a: Values, b: Values, weights: Values): number[] {
  const [batch, height, width, channels] = a.shape as Shape4D;
  const unit = (x: Values, n: number, y: number, z: number): number[] => {
    const vector = Array.from({ length: channels }, (_, c) => valueAt(x, n, y, z, c));
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 1e-8));
    return vector.map((value) => value / length);
  };
  return Array.from({ length: batch }, (_, n) => {
    let sum = 0;
    for (let y = 0; y < height; y++) {
      for (let z = 0; z < width; z++) {
        const [u, v] = [unit(a, n, y, z), unit(b, n, y, z)];
        for (let c = 0; c < channels; c++) {
          sum += (weights.data[c] as number) * ((u[c] as number) - (v[c] as number)) ** 2;
        }
      }
    }
    return sum / (height * width);
  });
}
