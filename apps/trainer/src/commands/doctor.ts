import type { Command } from '../command.ts';
import { isSparnetError } from '@sparnet/core';
import { engineNames, useEngine, type EngineName } from '@sparnet/engine';
import { availableParallelism, totalmem } from 'node:os';
import { parseFlags } from '../run/parse-flags.ts';
import { asUsage } from '../wrong-usage.ts';

const table = {
  json: { type: 'boolean', default: false, help: 'Print it as JSON.' },
} as const;

const usage = `trainer doctor [--json]

Tries every engine, says which of them work here and how to get the others.`;

interface EngineState {
  engine: EngineName;
  works: boolean;
  /** Its version, or why it does not work and how to get it. */
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
  const auto = states.find(({ works }) => works)?.engine ?? null;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ...machine, engines: states, auto }, null, 2)}\n`);
  } else {
    const lines = [
      `Node ${machine.node}, ${machine.platform}, ${machine.cores} cores, ${machine.memoryGiB} GiB`,
      ...states.map(
        ({ engine, works, detail }) => `${engine.padEnd(7)} ${works ? 'works   ' : 'missing '} ${detail}`,
      ),
      `--engine auto takes ${auto ?? 'none'}`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  return auto === null ? 1 : 0;
}

async function examine(engine: EngineName): Promise<EngineState> {
  try {
    const { why, dispose } = await useEngine(engine);
    dispose();
    return { engine, works: true, detail: why };
  } catch (error) {
    if (!isSparnetError(error)) throw error;
    return { engine, works: false, detail: error.message };
  }
}
