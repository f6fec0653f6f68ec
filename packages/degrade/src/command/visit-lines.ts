import { createReadStream } from 'node:fs';

/**
 * Visits the lines of a text file that have an end, one after the other; not more than a line and a part of the file is
 * held.
 *
 * @param visit - Gets the text without its end, the number of the line from 0, and where it begins.
 * @returns Where the last whole line ends.
 */
export async function visitLines(
  file: string,
  visit: (text: string, line: number, offset: number) => Promise<void> | void,
): Promise<number> {
  let offset = 0;
  let line = 0;
  let rest = Buffer.alloc(0);
  for await (const part of createReadStream(file)) {
    rest = Buffer.concat([rest, part as Buffer]);
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
      await visit(rest.toString('utf8', 0, at), line++, offset);
      offset += at + 1;
      rest = rest.subarray(at + 1);
    }
  }
  return offset;
}
