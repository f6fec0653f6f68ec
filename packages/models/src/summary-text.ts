import type { FeatureShape } from '@sparnet/layers';
import type { Summary } from './summary.ts';

/** A summary as a table to print: a line a layer, the sums below. */
export function summaryText({
  layers,
  input,
  output,
  parameters,
  multiplyAdds,
  activationBytes,
}: Summary): string {
  const rows = [
    ['layer', 'output', 'parameters', 'multiply-adds'],
    ...layers.map((layer) => [
      layer.name,
      size(layer.output),
      count(layer.parameters),
      count(layer.multiplyAdds),
    ]),
    [`${layers.length} layers, input ${size(input)}`, size(output), count(parameters), count(multiplyAdds)],
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  const mebibytes = (activationBytes / 2 ** 20).toFixed(1);
  return [...lines, `${mebibytes} MiB of activations an image; training keeps about four times this`].join(
    '\n',
  );
}

function size(shape: FeatureShape): string {
  return shape.join('x');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
