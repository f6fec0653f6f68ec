import { invalid } from '@sparnet/core';

export function demoCommand(argv: readonly string[]): Promise<number> {
  throw invalid('demo', 'nothing yet', argv);
}
