import { stat } from 'node:fs/promises';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { SparnetError, invalid } from '@sparnet/core';
import { asUsage } from 'command-line';
import { realPlace } from './real-place.ts';

/** What a command reads and where it will write; what wasn't given is undefined. */
export interface CommandPaths {
  /** Files and folders that are read. */
  inputs: readonly (string | undefined)[];
  /** Files that are read, or names of something built in: a folder of such a name is none of them. */
  named?: readonly (string | undefined)[];
  /** Files to write, by their flags. */
  files: Readonly<Record<string, string | undefined>>;
  /** A folder to write pictures into, by its flag. `checkPictures` looks at the pictures themselves. */
  folders?: Readonly<Record<string, string | undefined>>;
}

/** What is read of a folder that is an input: pictures, archives, what a training leaves. A new one would be read too. */
const readNames = /\.(?:jpe?g|png|webp|tar|jsonl|safetensors)$|^ablation\.json$/i;

/**
 * Checks before long work that its results will have a place, and that none takes the place of an input or of another
 * result. Links are followed.
 *
 * @throws SparnetError `bad-argument` (wrong usage) for an empty name, or a result in the place of something else;
 *   `missing-file` for a file whose folder isn't there, `bad-file` for one that is a folder.
 */
export async function checkOutputs({ inputs, named = [], files, folders = {} }: CommandPaths): Promise<void> {
  await asUsage(() => checkPlaces({ inputs, named, files, folders }));
  for (const [, file] of given(files)) {
    if (!(await isFolder(dirname(file))))
      throw new SparnetError(
        'missing-file',
        `${file}: the folder ${dirname(file)} does not exist; make it first`,
      );
    if (await isFolder(file)) throw new SparnetError('bad-file', `${file}: is a folder; name a file`);
  }
}

async function checkPlaces({ inputs, named, files, folders }: Required<CommandPaths>): Promise<void> {
  const sources = [
    ...(await openSources(inputs)),
    ...(await openSources(named)).filter(({ folder }) => !folder),
  ];
  const taken = new Map<string, string>();
  for (const [flag, path] of given({ ...files, ...folders })) {
    if (path === '') throw invalid(flag, Object.hasOwn(folders, flag) ? 'a folder' : 'a file', path);
    const place = await realPlace(path);
    const writesPictures = Object.hasOwn(folders, flag);
    const source = sources.find((each) => (writesPictures ? holds(each, place) : isRead(each, place)));
    if (source)
      throw new SparnetError(
        'bad-argument',
        `${flag} ${path} would write over what is read from ${source.path}; choose another place`,
      );
    const other = taken.get(place);
    if (other !== undefined)
      throw new SparnetError('bad-argument', `${other} and ${flag} are both ${path}; give each its own`);
    taken.set(place, flag);
  }
}

interface Source {
  path: string;
  place: string;
  folder: boolean;
}

/** The inputs that exist; what else was given, such as the name of a preset, is no file. */
async function openSources(inputs: readonly (string | undefined)[]): Promise<Source[]> {
  const sources: Source[] = [];
  for (const path of inputs) {
    if (path === undefined) continue;
    const info = await stat(path).catch(() => undefined);
    if (info) sources.push({ path, place: await realPlace(path), folder: info.isDirectory() });
  }
  return sources;
}

/** True where pictures written into the folder `place` could be taken for those of a source. */
function holds({ place: source, folder }: Source, place: string): boolean {
  return folder ? isWithin(source, place) : place === source;
}

function isRead({ place: source, folder }: Source, place: string): boolean {
  if (!folder) return place === source;
  return isWithin(source, place) && readNames.test(basename(place));
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path;
}

function given(paths: Readonly<Record<string, string | undefined>>): [flag: string, path: string][] {
  return Object.entries(paths).filter((entry): entry is [string, string] => entry[1] !== undefined);
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
