// The command line of the evaluation.
import { interruption, runProgram } from 'command-line';
import type { Command } from './command.ts';
import { helpText } from './run/flags.ts';

/** Loaded when they are called: some bring a tensor library, which takes its time. */
const commands: Record<string, () => Promise<Command>> = {
  evaluate: async () => (await import('./commands/evaluate.ts')).evaluateCommand,
  merge: async () => (await import('./commands/merge.ts')).mergeCommand,
  compare: async () => (await import('./commands/compare.ts')).compareCommand,
  fid: async () => (await import('./commands/fid.ts')).fidCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  card: async () => (await import('./commands/card.ts')).cardCommand,
  enhance: async () => (await import('./commands/enhance.ts')).enhanceCommand,
  attention: async () => (await import('./commands/attention.ts')).attentionCommand,
};

const help = `eval: enhances faces, and measures how well

  eval evaluate    scores of a model, of bicubic, or of pictures made elsewhere
  eval merge       one result of the shards of an evaluation
  eval compare     several methods on the same photographs, with significance
  eval fid         the Frechet distance of two sets of pictures
  eval report      results and ablations as one HTML page
  eval card        a model card: scores, training, checksum
  eval enhance     what a model makes of pictures
  eval attention   a picture of where a network looks

  eval COMMAND --help says more.
  From the project's root: npm run eval -- COMMAND ...
`;

await runProgram<Command>(
  {
    help,
    find: (name) => (Object.hasOwn(commands, name) ? commands[name]?.() : undefined),
    helpOf: ({ flags, usage }) => helpText(flags, usage),
    run: (command, _, words) =>
      command.run(
        words,
        command.long ? interruption('ending after the pictures at hand') : new AbortController().signal,
      ),
  },
  process.argv.slice(2),
);
