import { SparnetError } from '@sparnet/core';

/** The error for bytes that are not what they should be: `model.pth: problem`. */
export function badFile(name: string, problem: string, options?: ErrorOptions): SparnetError {
  return new SparnetError('bad-file', `${name}: ${problem}`, options);
}
