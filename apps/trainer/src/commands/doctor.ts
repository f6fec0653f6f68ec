import type { Command } from '../command.ts';
import { isSparnetError } from '@sparnet/core';
import { engineNames, useEngine, type EngineName } from '@sparnet/engine';
import { availableParallelism, totalmem } from 'node:os';
import { asUsage } from 'command-line';
import { parseFlags } from '../run/parse-flags.ts';

const table = {
  json: { type: 'boolean', default: false, help: 'Print it as JSON.' },
} as const;

const usage = `trainer doctor [--json]

Tries every engine. Says what it is, which work here, on what and in how many
threads, and how to get the others.`;

/** What each engine is, and how fast. */
const descriptions: Record<EngineName, string> = {
  native: "TensorFlow's C library, fastest without a GPU",
  webgpu: 'the GPU',
  wasm: 'there from the start',
  cpu: 'tens of times slower than wasm',
};
const softwareGpu = 'in software, slow, for tests, auto passes over it';

interface EngineState {
  engine: EngineName;
  /** What it is, and how fast. */
  about: string;
  works: boolean;
  /** It is there, and does not work. */
  broken?: true;
  /** Its version and what it computes on, or why it does not work and how to get it. */
  detail: string;
}

export const doctorCommand: Command = { table, usage, run };

async function run(argv: readonly string[]): Promise<number> {
  const { options } = await asUsage(() => parseFlags(argv, table));
  const states: EngineState[] = [];
  for (const engine of engineNames) states.push(await examine(engine));
  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
  const auto = await automatic();
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ...machine, engines: states, auto }, null, 2)}\n`);
  } else {
    const lines = [
      `Node ${machine.node}, ${machine.platform}, ${machine.cores} cores, ${machine.memoryGiB} GiB`,
      ...states.flatMap(({ engine, about, works, broken, detail }) => {
        const state = works ? 'works' : broken ? 'broken' : 'missing';
        return besides(`${engine.padEnd(7)} ${state.padEnd(8)} `, `${about}: ${detail}`);
      }),
      `--engine auto takes ${auto ?? 'none'}`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  return auto === null ? 1 : 0;
}

async function examine(engine: EngineName): Promise<EngineState> {
  const about = descriptions[engine];
  try {
    const { why, dispose } = await useEngine(engine);
    dispose();
    const slow = engine === 'webgpu' && why.includes('software adapter');
    return { engine, about: slow ? softwareGpu : about, works: true, detail: why };
  } catch (error) {
    if (!isSparnetError(error)) throw error;
    const detail = error.message.replace(`engine ${engine} can't be used: `, '');
    const missing = isSparnetError(error.cause, 'missing-package');
    return { engine, about, works: false, ...(!missing && { broken: true }), detail };
  }
}

/** What `auto` takes: not always the first that works. */
async function automatic(): Promise<EngineName | null> {
  try {
    const { name, dispose } = await useEngine('auto');
    dispose();
    return name;
  } catch (error) {
    if (!isSparnetError(error)) throw error;
    return null;
  }
}

/** A text beside its title, in lines of at most 100 characters where its words allow. */
function besides(title: string, text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 100) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push((lines.length === 0 ? title : ' '.repeat(title.length)) + word);
  }
  return lines;
}
