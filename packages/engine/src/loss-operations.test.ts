// The contract of the operations that losses are made of, on every engine present: forward against a plain definition,
// the same gradient through the sweep and through tf.grads, and that is the exact adjoint. And derivatives of derivatives.
import '@tensorflow/tfjs';
import { randomStream } from '@sparnet/core';
import * as engine from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

type Shape = [number, number, number, number];
interface Case {
  name: string;
  shape: Shape;
  apply: (x: tf.Tensor4D) => tf.Tensor4D;
  linear?: true;
  /** The plain definition, in float64. */
  plain: (x: number[], shape: Shape) => number[];
}

const cases: Case[] = [
  {
    name: 'softplus',
    shape: [2, 3, 2, 2],
    apply: engine.softplus,
    plain: (x) => x.map((v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)))),
  },
  {
    name: 'addNumber',
    shape: [2, 1, 3, 2],
    apply: (x) => engine.addNumber(x, -2.5),
    plain: (x) => x.map((v) => v - 2.5),
  },
  {
    name: 'padTo',
    shape: [2, 2, 3, 2],
    apply: (x) => engine.padTo(x, [4, 5]),
    linear: true,
    plain: (x, shape) =>
      everywhere([shape[0], 4, 5, shape[3]], (n, y, z, c) => (y < 2 && z < 3 ? at(x, shape, n, y, z, c) : 0)),
  },
  ...(
    [
      ['larger', [1, 4, 5, 2], [9, 7]],
      ['smaller', [2, 9, 8, 3], [4, 5]],
      ['as large', [1, 3, 4, 2], [3, 4]],
    ] as [string, Shape, [number, number]][]
  ).map(([name, shape, size]): Case => ({
    name: `resizeFromCorner ${name}`,
    shape,
    apply: (x) => engine.resizeFromCorner(x, size),
    linear: true,
    plain: (x) => plainResize(x, shape, size),
  })),
];

function contract(name: engine.EngineName): void {
  let used: engine.Engine;
  beforeAll(async () => {
    used = await engine.useEngine(name);
    expect(used.name).toBe(name);
  });
  afterAll(() => used.dispose());

  test.each(cases.map((entry) => [entry.name, entry] as const))(
    '%s',
    (_, { shape, apply, linear, plain }) => {
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const x = values(shape, 'x');
        const output = apply(x);
        const wanted = plain([...x.dataSync()], shape);
        expect(output.size).toBe(wanted.length);
        for (const [index, value] of output.dataSync().entries())
          expect(Math.abs(value - (wanted[index] as number))).toBeLessThan(2e-6);

        const weights = values(output.shape, 'weights');
        const taped = tf.grad((input) => tf.mul(apply(input as tf.Tensor4D), weights))(x);
        const swept = engine.sweep(() => sum(engine.multiply(apply(x), weights)), [x]);
        expect(largest(tf.sub(taped, swept.gradients[0] as tf.Tensor))).toBeLessThan(1e-6);
        const direction = values(shape, 'direction');
        const step = linear ? 1 : 1e-2;
        const along = (distance: number): number =>
          inner(apply(tf.add(x, tf.mul(direction, distance))), weights);
        const difference = (along(step) - along(-step)) / (2 * step);
        const scale = Math.sqrt(inner(taped, taped) * inner(direction, direction));
        expect(Math.abs(difference - inner(taped, direction)) / scale).toBeLessThan(linear ? 1e-6 : 1e-3);
        tf.dispose([swept.loss, swept.gradients]);
      });
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  test('softplus neither overflows nor loses its gradient', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([-1000, -30, 0, 30, 1000], [1, 1, 5, 1]);
      const found = [...engine.softplus(x).dataSync()];
      expect([found[0], found[3], found[4]]).toEqual([0, 30, 1000]);
      expect(found[1]).toBeCloseTo(9.357e-14, 16);
      expect(found[2]).toBeCloseTo(Math.LN2, 6);
      const { loss, gradients } = engine.sweep(() => sum(engine.softplus(x)), [x]);
      expect([...(gradients[0] as tf.Tensor).dataSync()].map((v) => +v.toFixed(6))).toEqual([
        0, 0, 0.5, 1, 1,
      ]);
      tf.dispose([loss, gradients]);
    });
  });

  test('nothing flows through withoutGradient', () => {
    tf.tidy(() => {
      const x = values([1, 2, 2, 2], 'x');
      const f = (y: tf.Tensor4D): tf.Scalar => sum(engine.multiply(y, engine.withoutGradient(y)));
      const { loss, gradients } = engine.sweep(() => f(x), [x]);
      expect(largest(tf.sub(gradients[0] as tf.Tensor, x))).toBe(0); // half of 2 x
      expect(largest(tf.sub(tf.grad((y) => f(y as tf.Tensor4D))(x), x))).toBe(0);
      expect(() => engine.sweep(() => sum(engine.withoutGradient(x)), [x])).toThrow('depends on no leaf');
      tf.dispose([loss, gradients]);
    });
  });

  // Every operation that it has a rule for, with a curved one behind, so that second derivatives are not all 0.
  const ways: [string, Shape, (x: tf.Tensor4D, f: tf.Tensor4D) => tf.Tensor4D][] = [
    ['conv2d', [3, 3, 2, 2], (x, f) => engine.conv2d(x, f, tf.tensor1d([0.1, -0.2]), { stride: 2 })],
    ['leakyRelu', [3, 3, 2, 2], (x, f) => engine.conv2d(engine.leakyRelu(x, 0.2), f)],
    ['generalConv2d', [1, 3, 2, 2], (x, f) => engine.generalConv2d(x, f, undefined, { padding: [0, 1] })],
    ['upsampledConv2d', [3, 3, 2, 2], (x, f) => engine.upsampledConv2d(padded(x), f)],
    [
      'resample',
      [1, 1, 2, 2],
      (x, f) => engine.conv2d(engine.resample(x, { mode: 'bicubic', size: [3, 8] }), f),
    ],
    [
      'pads',
      [1, 1, 2, 2],
      (x, f) => engine.cropTo(engine.conv2d(padded(engine.reflectPad(x, 1)), f), [4, 4]),
    ],
    [
      'sums and products',
      [1, 1, 2, 2],
      (x, f) => {
        const y = engine.conv2d(x, f);
        const squares = engine.multiply(y, engine.add(x, engine.addNumber(y, 2)));
        return engine.multiply(squares, engine.meanOverSpace(y));
      },
    ],
    [
      'sigmoid and maps',
      [1, 1, 2, 2],
      (x, f) => engine.multiply(x, engine.sigmoid(engine.meanOverChannels(engine.conv2d(x, f)))),
    ],
    [
      'normaliseChannels, averageNeighbours, concatChannels',
      [1, 1, 4, 3],
      (x, f) => {
        const y = engine.normaliseChannels(x, { mean: [1, -2], deviation: [2, 0.5] });
        return engine.conv2d(engine.concatChannels([engine.averageNeighbours(y, 3), tf.onesLike(x)]), f);
      },
    ],
    ...[1, 2, 4].map((groups): [string, Shape, (x: tf.Tensor4D, f: tf.Tensor4D) => tf.Tensor4D] => [
      `groupNorm ${groups}`,
      [1, 1, 2, 4],
      (x, f) => {
        const gamma = tf.tensor1d([1, -0.5, 2, 0.7]);
        const y = engine.groupNorm(engine.conv2d(x, f), gamma, tf.ones([4]), { groups, epsilon: 0.1 });
        return engine.multiply(y, y);
      },
    ]),
    ['upsampleNearest2x', [1, 1, 2, 1], (x, f) => engine.upsampleNearest2x(engine.conv2d(x, f))],
  ];
  test.each(ways)('directionalDerivative and its gradients: %s', (_, filterShape, network) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const [x, direction] = [values([2, 5, 6, 2], 'x'), values([2, 5, 6, 2], 'direction')];
      const filter = values(filterShape, 'filter');
      const score = (y: tf.Tensor4D, f: tf.Tensor4D): tf.Scalar =>
        engine.meanOverAll(engine.softplus(network(y, f)));
      const derivative = (y: tf.Tensor4D, f: tf.Tensor4D): tf.Scalar =>
        engine.directionalDerivative((z) => score(z, f), y, direction);

      const gradient = engine.sweep(() => score(x, filter), [x]);
      const found = derivative(x, filter).dataSync()[0] as number;
      expect(found).toBeCloseTo(inner(gradient.gradients[0] as tf.Tensor, direction), 5);

      const swept = engine.sweep(() => derivative(x, filter), [x, filter]);
      const taped = tf.grads((y, f) => derivative(y as tf.Tensor4D, f as tf.Tensor4D))([x, filter]);
      for (const [index, input] of [x, filter].entries()) {
        const own = swept.gradients[index] as tf.Tensor;
        expect(largest(tf.sub(own, taped[index] as tf.Tensor))).toBeLessThan(1e-5);
        const away = values(input.shape, `away ${index}`);
        const step = 2e-3;
        const along = (distance: number): number => {
          const moved: tf.Tensor4D = tf.add(input, tf.mul(away, distance));
          return derivative(index === 0 ? moved : x, index === 0 ? filter : moved).dataSync()[0] as number;
        };
        const difference = (along(step) - along(-step)) / (2 * step);
        const scale = Math.sqrt(inner(own, own) * inner(away, away));
        expect(Math.abs(difference - inner(own, away))).toBeLessThan(5e-3 * scale + 1e-4);
      }
      tf.dispose([gradient.loss, gradient.gradients, swept.loss, swept.gradients]);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('the tangent of groupNorm is linear in gamma', () => {
    tf.tidy(() => {
      const [x, direction, weights] = ['x', 'direction', 'weights'].map((purpose) =>
        values([2, 3, 4, 4], purpose),
      );
      const along = (gamma: tf.Tensor1D): tf.Scalar => {
        const norm = (y: tf.Tensor4D): tf.Tensor4D =>
          engine.groupNorm(y, gamma, tf.ones([4]), { groups: 2, epsilon: 0.1 });
        const change = engine.directionalDerivative(norm, x as tf.Tensor4D, direction as tf.Tensor4D);
        return sum(engine.multiply(change, weights as tf.Tensor4D));
      };
      const gamma = tf.tensor1d([1, -0.5, 2, 0.7]);
      const { loss, gradients } = engine.sweep(() => along(gamma), [gamma]);
      const taped = tf.grad((g) => along(g as tf.Tensor1D))(gamma);
      expect(largest(tf.sub(gradients[0] as tf.Tensor, taped))).toBeLessThan(1e-5);
      for (const other of [gamma, tf.tensor1d([0.2, 3, -1, 0])])
        expect(along(other).dataSync()[0]).toBeCloseTo(inner(gradients[0] as tf.Tensor, other), 4);
      tf.dispose([loss, gradients]);
    });
  });
}

describe.each(['cpu', 'wasm'] as const)('on %s', (name) => {
  contract(name);
});
describe.skipIf(!process.env['SPARNET_NATIVE'])('on native (in the folder SPARNET_NATIVE)', () => {
  contract('native');
});

test('what has no derivative is refused, and leaves nothing behind', async () => {
  const used = await engine.useEngine('cpu');
  const x = values([1, 4, 4, 2], 'x');
  const before = tf.memory().numTensors;
  const along = (fn: (y: tf.Tensor4D) => tf.Tensor4D, direction = x): (() => unknown) => {
    return () => engine.directionalDerivative(fn, x, direction);
  };
  const refused = (code: string, part: string): unknown =>
    expect.objectContaining({ code, message: expect.stringContaining(part) as string });
  tf.tidy(() => {
    const norm = (y: tf.Tensor4D): tf.Tensor4D => engine.pixelNorm(engine.relu(y));
    expect(along(norm)).toThrow(refused('unsupported', 'through SparnetPixelNorm'));
    expect(along((y) => engine.generalConv2d(tf.ones([1, 4, 4, 4]), y))).toThrow(
      refused('unsupported', 'into the weights of'),
    );
    expect(along(() => engine.relu(tf.ones([1, 1, 1, 1])))).toThrow(
      refused('bad-argument', 'does not depend'),
    );
    expect(along(engine.relu, tf.ones([1, 4, 4, 1]))).toThrow(refused('bad-argument', 'for direction'));
    expect(() => engine.padTo(x, [3, 9])).toThrow('at most 3x9 pixels for x, got [1, 4, 4, 2]');
    expect(() => engine.resizeFromCorner(x, [0, 9])).toThrow('for height, got 0');
  });
  expect(tf.memory().numTensors).toBe(before);
  x.dispose();
  used.dispose();
});

function padded(x: tf.Tensor4D): tf.Tensor4D {
  return engine.padTo(x, [x.shape[1] + 12, x.shape[2] + 13]);
}

/** Values away from 0, so that no central difference crosses a kink there. */
function values(shape: number[], purpose: string): tf.Tensor4D {
  const random = randomStream({ seed: 5, purpose });
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    const value = random.normal();
    return value + Math.sign(value) * 0.05;
  });
  return tf.tensor4d(data, shape as Shape);
}

function sum(x: tf.Tensor4D): tf.Scalar {
  return engine.scaleBy(engine.meanOverAll(x), x.size);
}

function largest(x: tf.Tensor): number {
  return tf.max(tf.abs(x)).dataSync()[0] as number;
}

/** In double precision. */
function inner(a: tf.Tensor, b: tf.Tensor): number {
  const others = b.dataSync();
  return Array.from(a.dataSync()).reduce(
    (total, value, index) => total + value * (others[index] as number),
    0,
  );
}

function at(
  x: number[],
  [, height, width, channels]: Shape,
  n: number,
  y: number,
  z: number,
  c: number,
): number {
  return x[((n * height + y) * width + z) * channels + c] as number;
}

/** `value` of every place of [N,H,W,C], in order. */
function everywhere(
  [batch, height, width, channels]: Shape,
  value: (n: number, y: number, z: number, c: number) => number,
): number[] {
  const size = batch * height * width * channels;
  return Array.from({ length: size }, (_, place) => {
    const [row, c] = [Math.floor(place / channels), place % channels];
    const [line, z] = [Math.floor(row / width), row % width];
    return value(Math.floor(line / height), line % height, z, c);
  });
}

function plainResize(x: number[], shape: Shape, [height, width]: [number, number]): number[] {
  const [batch, rows, columns, channels] = shape;
  return everywhere([batch, height, width, channels], (n, y, z, c) => {
    const [fromRow, fromColumn] = [(y * rows) / height, (z * columns) / width];
    const [top, left] = [Math.floor(fromRow), Math.floor(fromColumn)];
    const [down, right] = [Math.min(top + 1, rows - 1), Math.min(left + 1, columns - 1)];
    const [v, h] = [fromRow - top, fromColumn - left];
    const line = (row: number): number =>
      (1 - h) * at(x, shape, n, row, left, c) + h * at(x, shape, n, row, right, c);
    return (1 - v) * line(top) + v * line(down);
  });
}
