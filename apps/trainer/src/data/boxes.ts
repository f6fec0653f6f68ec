import { readFile } from 'node:fs/promises';
import { SparnetError } from '@sparnet/core';

/** A rectangle in a picture, in pixels; `right` and `bottom` are exclusive. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const header = 'file,left,top,right,bottom';

/**
 * Reads a table of face boxes: comma-separated, first line `file,left,top,right,bottom`, whole pixels, right and
 * bottom exclusive.
 *
 * @returns The boxes by file name as it is written.
 * @throws SparnetError `missing-file`; `bad-file`, naming file and line, for anything else than the above, an empty
 *   box, or a second box for the same file.
 */
export async function readBoxes(file: string): Promise<Map<string, Box>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SparnetError('missing-file', `cannot read the boxes ${file}`, { cause });
  });
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines[0]?.trim() !== header)
    throw wrong(file, 1, `expected the header ${header}, got ${lines[0]?.slice(0, 80)}`);
  const boxes = new Map<string, Box>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue;
    const match = /^(.+),\s*(\d+),\s*(\d+),\s*(\d+),\s*(\d+)\s*$/.exec(line);
    if (!match?.[1]) {
      throw wrong(
        file,
        index + 1,
        `expected a file and four whole numbers (${header}), got ${line.slice(0, 80)}`,
      );
    }
    const [left, top, right, bottom] = match.slice(2).map(Number) as [number, number, number, number];
    if (right <= left || bottom <= top)
      throw wrong(file, index + 1, 'the box is empty: right and bottom are exclusive');
    if (boxes.has(match[1])) throw wrong(file, index + 1, `a second box for ${match[1]}`);
    boxes.set(match[1], { left, top, right, bottom });
  }
  return boxes;
}

function wrong(file: string, line: number, what: string): SparnetError {
  return new SparnetError('bad-file', `${file}, line ${line}: ${what}`);
}
