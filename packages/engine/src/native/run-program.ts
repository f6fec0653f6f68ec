import { spawnSync } from 'node:child_process';
import { SparnetError } from '@sparnet/core';

/**
 * Run a program to its end. An error names its `title`, or else the command.
 *
 * @returns What it wrote to stdout.
 * @throws SparnetError `engine-unavailable` with the last lines it wrote, when it fails or can't be started.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd, env, title }: { cwd?: string; env?: NodeJS.ProcessEnv; title?: string } = {},
): string {
  const result = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    // npm and pip are scripts on Windows, which only a shell starts.
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return result.stdout;
  const said = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`;
  const tail = said.trim().split('\n').slice(-15).join('\n');
  throw new SparnetError(
    'engine-unavailable',
    `${title ?? [command, ...args.slice(0, 3)].join(' ')} failed:\n${tail}`,
  );
}
