// Times the ways to compute the gradients of a convolution on the WASM engine, at the sizes of SPARNet V16-S4.
import { SparnetError, randomStream } from '@sparnet/core';
import { useEngine } from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs-core';
import { parseArgs } from 'node:util';
import { filterGradient, inputGradient } from '../../packages/engine/src/conv2d-gradients.ts';
import { byConvolution, byShifts, byWindows, type Gradient, type Way } from './filter-gradient-ways.ts';
import { byPhases, byZeroStuffing } from './input-gradient-ways.ts';
import { textTable } from './text-table.ts';

const help = `filter-gradient: times the ways to compute the gradients of a convolution on WASM, batch 4, in milliseconds

  --repeats N   runs of each, of which the fastest counts (default: 5)
`;

/** A 3x3 convolution of the network: side of its padded input, channels in and out, stride. */
type Layer = readonly [side: number, channelsIn: number, channelsOut: number, stride: 1 | 2];

const layers: readonly Layer[] = [
  [130, 3, 32, 1],
  [130, 16, 16, 1],
  [130, 24, 24, 1],
  [130, 32, 32, 1],
  [130, 32, 64, 1],
  [130, 64, 64, 1],
  [130, 64, 1, 1],
  [66, 64, 64, 1],
  [34, 64, 64, 1],
  [34, 64, 128, 1],
  [34, 128, 128, 1],
  [18, 64, 64, 1],
  [18, 128, 128, 1],
  [18, 64, 1, 1],
  [10, 64, 64, 1],
  [130, 32, 64, 2],
  [130, 64, 64, 2],
  [66, 64, 64, 2],
  [34, 64, 64, 2],
  [34, 128, 128, 2],
  [18, 64, 64, 2],
  [10, 64, 64, 2],
];
const batch = 4;

const filterWays: Record<string, Way> = {
  'the engine': ({ x, dy, filter, stride }) => filterGradient(x, dy, filter.shape, stride),
  convolution: byConvolution,
  windows: byWindows,
  '1 shift': byShifts(1),
  '3 shifts': byShifts(3),
  '9 shifts': byShifts(9),
};
const inputWays: Record<string, Way> = {
  'the engine': ({ x, dy, filter, stride }) => inputGradient(dy, filter, x.shape, stride),
  'zero stuffing': byZeroStuffing,
  phases: byPhases,
};

function makeGradient([side, channelsIn, channelsOut, stride]: Layer): Gradient {
  const out = Math.floor((side - 3) / stride) + 1;
  return {
    x: noise('x', [batch, side, side, channelsIn]),
    dy: noise('dy', [batch, out, out, channelsOut]),
    filter: noise('filter', [3, 3, channelsIn, channelsOut]),
    stride,
  };
}

function noise(purpose: string, shape: [number, number, number, number]): tf.Tensor4D {
  const random = randomStream({ seed: 1, purpose });
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor4d(
    Float32Array.from({ length: size }, () => random.uint32() / 2 ** 31 - 1),
    shape,
  );
}

/** The fastest of some runs of each way in turn, which must all give the same. */
function measure(layer: Layer, ways: Record<string, Way>, repeats: number): Map<string, number> {
  const times = new Map<string, number>();
  const gradient = makeGradient(layer);
  let reference: tf.Tensor4D | undefined;
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [name, way] of Object.entries(ways)) {
      // As in a training step, no operand is one that the engine has seen and prepared before.
      const { x, dy, filter } = gradient;
      const fresh = { x: copied(x), dy: copied(dy), filter: copied(filter), stride: gradient.stride };
      const start = performance.now();
      const result = tf.tidy(() => way(fresh));
      times.set(name, Math.min(performance.now() - start, times.get(name) ?? Infinity));
      tf.dispose([fresh.x, fresh.dy, fresh.filter]);
      if (!reference) reference = result;
      else {
        if (repeat === 0) checkEqual(result, reference, `${name}, ${describe(layer)}`);
        result.dispose();
      }
    }
  }
  tf.dispose([gradient.x, gradient.dy, gradient.filter, ...(reference ? [reference] : [])]);
  return times;
}

function copied(x: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => tf.add(x, 0));
}

function checkEqual(found: tf.Tensor, wanted: tf.Tensor, what: string): void {
  const [error] = tf.tidy(() =>
    tf.div(tf.max(tf.abs(tf.sub(found, wanted))), tf.max(tf.abs(wanted))).dataSync(),
  );
  if ((error as number) < 1e-4) return;
  throw new SparnetError('bad-state', `${what}: off by ${error} of the largest value`);
}

function describe([side, channelsIn, channelsOut, stride]: Layer): string {
  return `${side}x${side} ${channelsIn}>${channelsOut}${stride === 2 ? ' stride 2' : ''}`;
}

function printTable(title: string, ways: Record<string, Way>, repeats: number, of: readonly Layer[]): void {
  const rows = of.map((layer) => {
    process.stderr.write(`\r${title}: ${describe(layer)}        `);
    const times = measure(layer, ways, repeats);
    const milliseconds = Object.keys(ways).map((name) => times.get(name) as number);
    const others = [...times].filter(([name]) => name !== 'the engine').toSorted(([, a], [, b]) => a - b);
    return [describe(layer), ...milliseconds.map((time) => time.toFixed(1)), others[0]?.[0] ?? ''];
  });
  process.stderr.write('\r');
  process.stdout.write(`${textTable([[title, ...Object.keys(ways), 'fastest'], ...rows])}\n\n`);
}

const { values } = parseArgs({
  options: {
    repeats: { type: 'string', default: '5' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
} else {
  const repeats = Math.max(1, Math.floor(Number(values.repeats)) || 1);
  await useEngine('wasm');
  printTable(
    'filter gradient',
    filterWays,
    repeats,
    layers.filter(([, , , stride]) => stride === 1),
  );
  const strided = layers.filter(([, , , stride]) => stride === 2);
  const { windows: _, ...filterWaysStrided } = filterWays;
  printTable('filter gradient', filterWaysStrided, repeats, strided);
  printTable('input gradient', inputWays, repeats, strided);
}
