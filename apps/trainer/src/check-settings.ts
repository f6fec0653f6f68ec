import { SparnetError } from '@sparnet/core';
import { trainOptions } from './options.ts';
import type { OptionSpec, OptionTable } from './run/option-table.ts';
import type { SavedSettings, SavedTeacher } from './settings-of.ts';

/**
 * Check that a run goes on with the settings that it was at work with.
 *
 * @param folder - The checkpoint, for messages.
 * @param before - The settings that it keeps.
 * @throws SparnetError `bad-state` that names the first setting that was another one.
 */
export function checkSettings(folder: string, before: SavedSettings, now: SavedSettings): void {
  const { teacher: hadTeacher, ...hadOthers } = before;
  const { teacher: hasTeacher, ...hasOthers } = now;
  for (const key of new Set([...Object.keys(hadOthers), ...Object.keys(hasOthers)])) {
    // A checkpoint from before a setting came was at work with what is now its default.
    const [had, has] = [hadOthers[key] ?? defaultOf(key), hasOthers[key]].map(
      (value) => JSON.stringify(value) ?? 'nothing',
    ) as [string, string];
    if (had !== has) throw changed(folder, { key, had, has: `its config.json now says ${has}` });
  }
  if (sameTeacher(hadTeacher, hasTeacher)) return;
  const [had, has] = [teacherText(hadTeacher), teacherText(hasTeacher)];
  throw changed(folder, { key: 'teacher', had, has: `what its config.json names now is ${has}` });
}

function changed(folder: string, { key, had, has }: { key: string; had: string; has: string }): SparnetError {
  return new SparnetError(
    'bad-state',
    `${folder}: the run was at work with ${key} ${had}, ${has}, so that it can't go on ` +
      `exactly; put ${had} back, or start a new run with --config, --init ${folder}/model.safetensors and another --out`,
  );
}

/** A file may be moved and renamed, but its content not be another. */
function sameTeacher(had: SavedTeacher | undefined, has: SavedTeacher | undefined): boolean {
  if (typeof had === 'object' && typeof has === 'object') return had.sha256 === has.sha256;
  // A checkpoint from before digests were kept has the name alone.
  return fileOf(had) === fileOf(has);
}

function fileOf(teacher: SavedTeacher | undefined): string | undefined {
  return typeof teacher === 'object' ? teacher.file : teacher;
}

function teacherText(teacher: SavedTeacher | undefined): string {
  if (typeof teacher === 'object') return `${teacher.file} (SHA-256 ${teacher.sha256})`;
  return teacher === undefined ? 'nothing' : JSON.stringify(teacher);
}

function defaultOf(key: string): unknown {
  const option: OptionSpec | undefined = (trainOptions as OptionTable)[key];
  return option?.default;
}
