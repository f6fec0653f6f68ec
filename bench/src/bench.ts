// Times SPARNet's output and its training step: every engine of ours beside PyTorch and ONNX Runtime, turn by turn.
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, constants, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { measureTables, type BatchTable } from './batch-tables.ts';
import { help, readOptions, type BenchOptions } from './bench-options.ts';
import { measureGrowth } from './growth.ts';
import { openProgress } from './progress.ts';
import { runProgram } from './run-program.ts';
import { watchMemory } from './steady.ts';
import { writeTrainingPhotos } from './training-photos.ts';

const machine = {
  processor: cpus()[0]?.model.trim(),
  cores: availableParallelism(),
  memory: totalmem(),
  system: `${process.platform} ${process.arch}`,
  node: process.version,
  /** Of the last minute: on an idle machine it is near 0. */
  load: loadavg()[0] as number,
};

async function compare(options: BenchOptions): Promise<void> {
  const folder = temporaryFolder();
  const progress = openProgress();
  const { growth, steady } = options;
  const photos = options.photos ?? (await writeTrainingPhotos(join(folder, 'photos')));
  const load = machine.load > 0.5 ? `; other work is going on: load ${machine.load.toFixed(1)}` : '';
  process.stdout.write(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}${load}\n\n`);

  const result: Record<string, unknown> = { machine, versions: {}, options };
  const save = async (): Promise<void> => {
    if (options.json) await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`);
  };
  if (growth) {
    result['growth'] = await measureGrowth(options, { folder, progress });
    await save();
  }
  if (steady) {
    result['steady'] = await watchMemory(steady, { folder, photos, progress });
    await save();
  }
  if (growth || steady) return;
  const tables: BatchTable[] = [];
  result['tables'] = tables;
  await measureTables(options, { folder, photos, progress }, async (table, text) => {
    tables.push(table);
    progress.say('');
    process.stdout.write(`${text}\n`);
    tell(table, tables, progress.say);
    result['versions'] = versionsOf(tables);
    await save();
  });
  const names = Object.entries(versionsOf(tables)).map(([side, name]) => `${side} is ${name}\n`);
  process.stdout.write(names.join(''));
  if (names.length > 0) return;
  progress.say(
    'error: nothing was measured: no contender that was asked for is here, shares such a batch and works',
  );
  process.exitCode = 1;
}

/** Say what is wrong in a table, and, the first time, what is absent. */
function tell(table: BatchTable, tables: readonly BatchTable[], say: (line: string) => void): void {
  const before = tables.slice(0, -1).flatMap(({ unmeasured }) => unmeasured);
  const told = new Set(before.map(({ why }) => why));
  for (const { key, why, absent } of table.unmeasured) {
    if (absent && !told.has(why)) say(`left out: ${key.split(':')[0]}: ${why}`);
    told.add(why);
  }
  for (const problem of table.problems) say(`error: ${problem}`);
  if (table.problems.length > 0) process.exitCode = 1;
}

function versionsOf(tables: readonly BatchTable[]): Record<string, string> {
  const contenders = tables.flatMap((table) => table.contenders);
  return Object.fromEntries(contenders.map(({ key, name }) => [key.split(':')[0] as string, name]));
}

/** It goes with this process. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sparnet-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function main(): Promise<void> {
  // By an exit of its own, so that nothing is left behind. A signal may come twice, also from whoever started this.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => process.exit(128 + constants.signals[signal]));
  const options = readOptions();
  if (options) await compare(options);
  else process.stdout.write(help);
}

await runProgram(main);
