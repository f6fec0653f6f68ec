// The command line of the evaluation.
import { isSparnetError } from '@sparnet/core';
import type { Command } from './command.ts';
import { helpText } from './run/flags.ts';
import { interruption } from './run/interruption.ts';
import { isWrongUsage } from './run/wrong-usage.ts';

/** Loaded when they are called: some bring a tensor library, which takes its time. */
const commands: Record<string, () => Promise<Command>> = {
  evaluate: async () => (await import('./commands/evaluate.ts')).evaluateCommand,
  merge: async () => (await import('./commands/merge.ts')).mergeCommand,
  compare: async () => (await import('./commands/compare.ts')).compareCommand,
  fid: async () => (await import('./commands/fid.ts')).fidCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  card: async () => (await import('./commands/card.ts')).cardCommand,
  attention: async () => (await import('./commands/attention.ts')).attentionCommand,
};

const help = `eval: measures face super-resolution

  eval evaluate    scores of a model, of bicubic, or of pictures made elsewhere
  eval merge       one result of the shards of an evaluation
  eval compare     several methods on the same photographs, with significance
  eval fid         the Frechet distance of two sets of pictures
  eval report      results and ablations as one HTML page
  eval card        a model card: scores, training, checksum
  eval attention   a picture of where a network looks

  eval COMMAND --help says more.
  From the project's root: npm run eval -- COMMAND ...
`;

async function main([name = '--help', ...rest]: readonly string[]): Promise<number> {
  if (isHelp(name)) {
    process.stdout.write(help);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? await commands[name]?.() : undefined;
  if (!command) {
    process.stderr.write(`unknown command ${name}\n\n${help}`);
    return 2;
  }
  if (rest.some((word) => isHelp(word) && word !== 'help')) {
    process.stdout.write(helpText(command.flags, command.usage));
    return 0;
  }
  return command.run(rest, command.long ? interruption() : new AbortController().signal);
}

function isHelp(word: string): boolean {
  return ['--help', '-h', 'help'].includes(word);
}

try {
  // pnpm passes the '--' on that keeps it from reading our flags.
  const argv = process.argv.slice(2);
  process.exitCode = await main(argv[0] === '--' ? argv.slice(1) : argv);
} catch (error) {
  process.stderr.write(
    `${isSparnetError(error) ? `error: ${error.message}` : String((error as Error).stack ?? error)}\n`,
  );
  process.exitCode = isWrongUsage(error) ? 2 : 1;
}
