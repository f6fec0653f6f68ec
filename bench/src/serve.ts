import { createInterface } from 'node:readline';

/** Be a contender (see contender.ts): say the name, then answer each word on stdin with what its call returns. */
export async function serve(
  name: string,
  calls: Readonly<Record<string, () => object | Promise<object>>>,
): Promise<void> {
  answer({ name });
  for await (const word of createInterface({ input: process.stdin })) {
    answer((await calls[word]?.()) ?? { error: `${word} is no call` });
  }
}

/** Be a contender that can't take part. */
export function serveAbsent(why: string): void {
  answer({ absent: why });
}

function answer(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
