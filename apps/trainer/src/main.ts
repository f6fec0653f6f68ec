// The command line of the trainer.
import { enableProdMode } from '@tensorflow/tfjs-core';
import { interruption, runProgram } from 'command-line';
import type { Command } from './command.ts';
import { ablationCommand } from './commands/ablation.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { presetsCommand } from './commands/presets.ts';
import { profileCommand } from './commands/profile.ts';
import { resumeCommand } from './commands/resume.ts';
import { trainCommand } from './commands/train.ts';
import { helpText } from './run/help-text.ts';
import { swallowedFlags } from './swallowed-flags.ts';

const commands: Record<string, Command> = {
  demo: demoCommand,
  train: trainCommand,
  resume: resumeCommand,
  ablation: ablationCommand,
  presets: presetsCommand,
  profile: profileCommand,
  doctor: doctorCommand,
};

const help = `trainer: trains SPARNet, face super-resolution

  trainer              the demo: learns on photographs that come with it, in minutes
  trainer train        train on your own photographs
  trainer resume DIR   go on with a run, exactly as if it had never stopped
  trainer ablation     train several presets on the same data, seed and budget
  trainer presets      the networks
  trainer profile      where the time and memory of a training step go
  trainer doctor       the engines: which work here, and how to get the others

  trainer COMMAND --help says more.
  From the project's root: npm run trainer -- COMMAND ...
`;

// Else the cpu engine advises, in a box of lines, to install another package.
enableProdMode();

await runProgram<Command>(
  {
    help,
    usual: 'demo',
    find: (name) => (Object.hasOwn(commands, name) ? commands[name] : undefined),
    helpOf: (command) => helpText(command.table, command),
    run,
  },
  process.argv.slice(2),
);

async function run(command: Command, name: string, words: readonly string[]): Promise<number> {
  const swallowed = swallowedFlags(command.table, words, process.env);
  if (swallowed.length > 0) {
    process.stderr.write(
      `error: npm has kept ${swallowed.join(', ')} for itself; put -- before the flags: npm run trainer -- ${name} ...\n`,
    );
    return 2;
  }
  const signal = command.long?.(words) ? interruption('saving, then ending') : new AbortController().signal;
  return command.run(words, signal);
}
