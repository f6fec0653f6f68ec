import { readFile } from 'node:fs/promises';
import { SparnetError } from '@sparnet/core';
import { replaceFile } from '@sparnet/core/node';

/**
 * Reads a configuration file as a plain object, unchecked: flags are laid over it, then the whole is checked.
 *
 * @throws SparnetError `missing-file` or `bad-config` when it is missing, unreadable or not a JSON object.
 */
export async function readConfig(file: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const missing = (error as { code?: unknown }).code === 'ENOENT';
    const reason = missing ? 'there is no such file' : (error as Error).message;
    throw new SparnetError(missing ? 'missing-file' : 'bad-config', `${file}: ${reason}`, { cause: error });
  }
  const value = parse(file, text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new SparnetError('bad-config', `${file}: expected an object of options, such as { "steps": 1000 }`);
}

/**
 * Writes a configuration as indented JSON, replacing the file as a whole.
 *
 * @throws SparnetError `bad-file` when it cannot be written.
 */
export async function writeConfig(file: string, config: object): Promise<void> {
  await replaceFile(file, `${JSON.stringify(config, null, 2)}\n`);
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SparnetError('bad-config', `${file}: is not JSON (${(error as Error).message})`, {
      cause: error,
    });
  }
}
