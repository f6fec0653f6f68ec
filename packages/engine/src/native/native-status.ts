import { resolve } from 'node:path';
import { isSparnetError } from '@sparnet/core';
import { nativeFolder } from '../native-folder.ts';
import { proveNative } from './prove-native.ts';

/** What one folder of native TensorFlow is. */
export interface NativeStatus {
  works: boolean;
  /** Which version it is, or why it does not work. */
  text: string;
}

/**
 * Whether native TensorFlow works: in `dir`, or else where engines look for it. What SPARNET_NATIVE names is told of in
 * any case.
 *
 * @returns The one that counts first: `dir`, or else what SPARNET_NATIVE names, or else the folder of `install`.
 */
export function nativeStatus({ dir, gpu }: { dir?: string | undefined; gpu: boolean }): NativeStatus[] {
  const given = process.env['SPARNET_NATIVE'];
  const named = given ? resolve(process.env['INIT_CWD'] ?? process.cwd(), given) : undefined;
  const own = dir === undefined ? String(nativeFolder({ gpu })) : resolve(dir); // Node always has one
  const folders = dir === undefined ? [named, own] : [own, named];
  return [...new Set(folders)].flatMap((folder) => {
    if (folder === undefined) return [];
    const { works, text } = statusOf(folder);
    return { works, text: folder === named ? `SPARNET_NATIVE: ${text}` : text };
  });
}

function statusOf(folder: string): NativeStatus {
  try {
    return { works: true, text: `${proveNative(folder)}, in ${folder}` };
  } catch (error) {
    if (!isSparnetError(error)) throw error;
    return { works: false, text: error.message };
  }
}
