import { fstatSync, openSync, readSync } from 'node:fs';
import { SparnetError } from '@sparnet/core';
import { checkParameters } from '../recipe/check-parameters.ts';
import { isBox } from './cropped.ts';
import type { Settings } from './degrade-picture.ts';
import type { Picture } from './list-pictures.ts';
import type { ManifestLine } from './manifest.ts';
import { visitLines } from './visit-lines.ts';

/** A manifest whose pictures are to be made again. */
export interface Replay {
  /** The pictures in the order of the manifest. */
  pictures: Picture[];
  /** The settings of the picture at that place. They stay in the file: a manifest may be larger than memory. */
  settingsOf(at: number): Settings;
}

/**
 * Reads a manifest and finds its pictures among those that are there.
 *
 * @throws SparnetError `missing-file` when the manifest or one of its pictures isn't there; `bad-file` when it is no
 *   manifest, is cut, or has a picture twice.
 */
export async function openReplay(file: string, present: readonly Picture[]): Promise<Replay> {
  const byName = new Map(present.map((picture) => [picture.name, picture]));
  const pictures: Picture[] = [];
  const starts: number[] = [];
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (cause) {
    throw new SparnetError('missing-file', `${file}: no such manifest`, { cause });
  }
  const stats = fstatSync(descriptor);
  if (!stats.isFile())
    throw new SparnetError('bad-file', `${file}: expected a manifest, not a folder or a device`);
  const met = new Set<string>();
  const end = await visitLines(file, (text, line, offset) => {
    const { name } = parseLine(text, `${file}, line ${line + 1}`);
    const picture = byName.get(name);
    if (!picture)
      throw new SparnetError(
        'missing-file',
        `${file}, line ${line + 1}: ${name} is not among the pictures; give the folder it was made from`,
      );
    if (met.has(name))
      throw new SparnetError(
        'bad-file',
        `${file}, line ${line + 1}: ${name} is there twice; remove one line`,
      );
    met.add(name);
    pictures.push(picture);
    starts.push(offset);
  });
  if (end < stats.size)
    throw new SparnetError(
      'bad-file',
      `${file}, line ${pictures.length + 1}: has no end; let the run that writes this manifest finish first`,
    );
  if (pictures.length === 0)
    throw new SparnetError('bad-file', `${file}: expected a manifest, got an empty file`);
  starts.push(end);
  return {
    pictures,
    settingsOf(at) {
      const bytes = Buffer.alloc(starts[at + 1]! - starts[at]!);
      readSync(descriptor, bytes, 0, bytes.length, starts[at]!);
      const { parameters, crop } = parseLine(bytes.toString(), `${file}, line ${at + 1}`);
      return { parameters, ...(crop && { crop }) };
    },
  };
}

function parseLine(text: string, where: string): ManifestLine {
  try {
    const line = JSON.parse(text) as ManifestLine;
    if (typeof line.name !== 'string') throw new Error('it has no name');
    checkParameters(line.parameters);
    if (line.crop !== undefined && line.crop !== 'square' && !isBox(line.crop))
      throw new Error('its crop is no rectangle');
    return line;
  } catch (cause) {
    throw new SparnetError('bad-file', `${where}: not a line of a manifest (${(cause as Error).message})`, {
      cause,
    });
  }
}
