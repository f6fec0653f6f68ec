// The command line of the trainer.
import { isSparnetError } from '@sparnet/core';
import { enableProdMode } from '@tensorflow/tfjs-core';
import type { Command } from './command.ts';
import { ablationCommand } from './commands/ablation.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { presetsCommand } from './commands/presets.ts';
import { profileCommand } from './commands/profile.ts';
import { resumeCommand } from './commands/resume.ts';
import { trainCommand } from './commands/train.ts';
import { interruption } from './interruption.ts';
import { helpText } from './run/help-text.ts';
import { swallowedFlags } from './swallowed-flags.ts';
import { isWrongUsage } from './wrong-usage.ts';

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

async function main(argv: readonly string[]): Promise<number> {
  const [name = 'demo', ...rest] = argv[0]?.startsWith('-') && !isHelp(argv[0]) ? ['demo', ...argv] : argv;
  if (isHelp(name)) {
    process.stdout.write(help);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    process.stderr.write(`unknown command ${name}\n\n${help}`);
    return 2;
  }
  if (rest.some((word) => isHelp(word) && word !== 'help')) {
    process.stdout.write(helpText(command.table, command));
    return 0;
  }
  const swallowed = swallowedFlags(command.table, rest, process.env);
  if (swallowed.length > 0) {
    process.stderr.write(
      `error: npm has kept ${swallowed.join(', ')} for itself; put -- before the flags: npm run trainer -- ${name} ...\n`,
    );
    return 2;
  }
  return command.run(rest, command.long ? interruption() : new AbortController().signal);
}

function isHelp(word: string): boolean {
  return ['--help', '-h', 'help'].includes(word);
}

// Else the cpu engine advises, in a box of lines, to install another package.
enableProdMode();

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
