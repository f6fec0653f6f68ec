// The command line of the trainer.
import { isSparnetError } from '@sparnet/core';
import { ablationCommand } from './commands/ablation.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { presetsCommand } from './commands/presets.ts';
import { resumeCommand } from './commands/resume.ts';
import { trainCommand } from './commands/train.ts';
import { interruption } from './interruption.ts';

/** A command: its words in, its exit code out. */
export type Command = (argv: readonly string[], signal: AbortSignal) => Promise<number>;

const commands: Record<string, Command> = {
  demo: demoCommand,
  train: trainCommand,
  resume: resumeCommand,
  ablation: ablationCommand,
  presets: presetsCommand,
  doctor: doctorCommand,
};

const help = `trainer: trains SPARNet, face super-resolution

  trainer              the demo: learns on photographs that come with it, in minutes
  trainer train        train on your own photographs
  trainer resume DIR   go on with a run, exactly as if it had never stopped
  trainer ablation     train several presets on the same data, seed and budget
  trainer presets      the networks
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
  const command = commands[name];
  if (!command) {
    process.stderr.write(`unknown command ${name}\n\n${help}`);
    return 2;
  }
  return command(rest, interruption());
}

function isHelp(word: string): boolean {
  return ['--help', '-h', 'help'].includes(word);
}

// npm runs us in the project's root; paths mean the folder in which the command was typed.
if (process.env['INIT_CWD'] && process.env['npm_lifecycle_event']) process.chdir(process.env['INIT_CWD']);

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const wrongUsage = isSparnetError(error, 'bad-argument') || isSparnetError(error, 'bad-config');
  process.stderr.write(
    `${isSparnetError(error) ? `error: ${error.message}` : String((error as Error).stack ?? error)}\n`,
  );
  process.exitCode = wrongUsage ? 2 : 1;
}
