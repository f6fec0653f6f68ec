import type { KernelRow, OperationRow } from './kernel-rows.ts';
import type { LayerRow } from './layer-rows.ts';
import type { MemoryUse, Profile } from './profile.ts';

/** Kernels, operations and tensors that a profile shows; the others are in its JSON. */
const shownKernels = 24;
const shownOperations = 16;
const shownTensors = 8;

/**
 * A profile to read, of at most 100 columns.
 *
 * @param options.title - What was profiled, in a word.
 * @param options.depth - Of layers: 1 for the parts of the network, 2 for their parts too, ...
 */
export function profileText(profile: Profile, { title, depth }: { title: string; depth: number }): string {
  return [
    ...heading(profile, title),
    '',
    ...layersTable(
      profile.layers,
      profile.layers.filter((row) => row.depth <= depth),
    ),
    'Multiply-adds are those of one image, forward; GFLOP/s count them six times. Upsampling convolutions',
    'do with 4/9 of theirs. kept: tensors for the backward pass, where they are kept first.',
    '',
    ...kernelsTable(profile.kernels),
    '',
    ...operationsTable(profile.operations),
    'Operations of @sparnet/engine; own: without the kernels that they call.',
    '',
    ...memoryLines(profile.memory),
    '',
  ].join('\n');
}

function heading(profile: Profile, title: string): string[] {
  const { engine, network, batch, stepMs, stepsMs, phasesMs, limit, multiplyAdds, leastMs } = profile;
  const { inputSize, outputSize } = network;
  const threads = engine.threads === 1 ? 'one thread' : `${engine.threads} threads`;
  const { forward, backward, optimiser, copies } = phasesMs;
  const gflop = (2 * 3 * multiplyAdds * batch) / 1e9;
  return [
    `${title}, ${inputSize}x${inputSize} to ${outputSize}x${outputSize}, engine ${engine.name}, ${threads}, in this process`,
    `a step took ${seconds(stepMs)} for ${batch} ${batch === 1 ? 'image' : 'images'} (${((1000 * batch) / stepMs).toFixed(2)} images/s), median of ${stepsMs.length}; unwatched ${seconds(profile.unwatchedMs)}`,
    `  forward ${seconds(forward)}, backward ${seconds(backward)}, optimiser ${seconds(optimiser)}, copies ${seconds(copies)}`,
    `  JavaScript outside kernels ${seconds(profile.outsideKernelsMs)} (${percent(profile.outsideKernelsMs / stepMs)}), of it ${seconds(profile.inOperationsMs)} in our operations' own code`,
    `machine limit ${limit.gflops.toFixed(1)} GFLOP/s: a matrix product of ${limit.side}x${limit.side} in this run`,
    `  the step's multiplications, ${gflop.toFixed(1)} GFLOP, take at least ${seconds(leastMs)}: efficiency ${percent(leastMs / stepMs)}`,
    ...busyNote(profile),
    ...(engine.graphicsProcessor
      ? ['  on a graphics processor kernels go on after their call: only the whole step is exact']
      : []),
  ];
}

/** This much of the time a process that nobody disturbs computes for. */
const undisturbed = 0.9;

function busyNote({ clock, computing }: Profile): string[] {
  if (clock === 'processor') return ["times are the processor's for this process, without waiting for it"];
  if (computing >= undisturbed) return [];
  return [
    `the machine is busy: this process computed for ${percent(computing)} of the time only;`,
    '  --clock processor leaves the waiting out',
  ];
}

function layersTable(all: readonly LayerRow[], rows: readonly LayerRow[]): string[] {
  const total = all.filter(({ depth }) => depth === 1);
  const sum = (value: (row: LayerRow) => number): number => total.reduce((part, row) => part + value(row), 0);
  return table(
    ['layer', 'forward ms', 'backward ms', 'share', 'M mult-adds', 'GFLOP/s', 'kept MiB'],
    [
      ...rows.map((row) => [
        `${'  '.repeat(row.depth - 1)}${shortest(row, all)}`,
        milliseconds(row.forwardMs),
        milliseconds(row.backwardMs),
        percent(row.share),
        row.multiplyAdds === 0 ? '' : (row.multiplyAdds / 1e6).toFixed(1),
        row.multiplyAdds === 0 ? '' : row.gflops.toFixed(1),
        mebibytes(row.keptBytes),
      ]),
      [
        'both passes',
        milliseconds(sum((row) => row.forwardMs)),
        milliseconds(sum((row) => row.backwardMs)),
        percent(sum((row) => row.share)),
        (sum((row) => row.multiplyAdds) / 1e6).toFixed(1),
        '',
        mebibytes(sum((row) => row.keptBytes)),
      ],
    ],
  );
}

/** The name of a layer without that of the layer around it, which stands above. */
function shortest({ name, depth }: LayerRow, all: readonly LayerRow[]): string {
  if (depth === 1) return name;
  const around = all.filter((row) => row.depth < depth && name.startsWith(`${row.name}.`));
  const longest = Math.max(0, ...around.map((row) => row.name.length + 1));
  return name.slice(longest);
}

function kernelsTable(rows: readonly KernelRow[]): string[] {
  const shown = rows.slice(0, shownKernels);
  const others = rows.slice(shownKernels);
  const sum = (value: (row: KernelRow) => number): number =>
    others.reduce((part, row) => part + value(row), 0);
  const line = (name: string, row: Omit<KernelRow, 'name'>): string[] => [
    name,
    row.calls === 0 ? '' : String(row.calls),
    milliseconds(row.forwardMs),
    milliseconds(row.backwardMs),
    milliseconds(row.totalMs),
    percent(row.share),
    row.mostlyFor,
  ];
  const rest = {
    calls: sum((row) => row.calls),
    forwardMs: sum((row) => row.forwardMs),
    backwardMs: sum((row) => row.backwardMs),
    totalMs: sum((row) => row.totalMs),
    share: sum((row) => row.share),
    mostlyFor: '',
  };
  return table(
    ['kernel', 'calls', 'forward ms', 'backward ms', 'all ms', 'share', 'mostly for'],
    [
      ...shown.map((row) => line(row.name, row)),
      ...(others.length > 0 ? [line(`${others.length} others`, rest)] : []),
    ],
    { leftLast: true },
  );
}

function operationsTable(rows: readonly OperationRow[]): string[] {
  return table(
    ['operation', 'calls', 'all ms', 'own ms', 'share'],
    rows
      .slice(0, shownOperations)
      .map((row) => [
        row.name,
        String(row.calls),
        milliseconds(row.totalMs),
        milliseconds(row.ownMs),
        percent(row.share),
      ]),
  );
}

function memoryLines(memory: MemoryUse): string[] {
  const { peak, keptTensors } = memory;
  const place = [peak.layer.at(-1), peak.working.join(' > ')].filter(Boolean).join(', ');
  const heap = memory.wasmHeap > 0 ? `; WebAssembly's memory ${mebibytes(memory.wasmHeap)} MiB` : '';
  return [
    `tensors: at most ${mebibytes(peak.bytes)} MiB, reached in ${peak.phase}`,
    ...(place ? [`  at ${place}`] : []),
    `  kept for the backward pass ${mebibytes(memory.kept)} MiB, weights ${mebibytes(memory.weights)} MiB, gradients ${mebibytes(memory.gradients)} MiB`,
    `outside the engine: Adam's moments and the average ${mebibytes(memory.optimiser)} MiB`,
    `the process: ${mebibytes(memory.resident)} MiB resident, at most ${mebibytes(memory.mostResident)} MiB${heap}`,
    '',
    ...table(
      ['largest tensors kept', 'shape', 'MiB'],
      keptTensors
        .slice(0, shownTensors)
        .map(({ layer, operation, shape, bytes }) => [
          `${layer.at(-1) ?? 'network'}, ${operation}`,
          shape.join('x'),
          mebibytes(bytes),
        ]),
    ),
  ];
}

/** Columns in line: the first to the left, the others to the right, the last one to the left too if it is words. */
function table(
  head: readonly string[],
  rows: readonly string[][],
  { leftLast = false }: { leftLast?: boolean } = {},
): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] as string).length)));
  return all.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] as number;
        const left = column === 0 || (leftLast && column === head.length - 1);
        return left ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function milliseconds(ms: number): string {
  return ms.toFixed(1);
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)}%`;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
