import { SparnetError } from '@sparnet/core';

type Sharp = typeof import('sharp').default;

/** sharp is an optional peer: it is loaded when the first picture is decoded or encoded. */
export async function loadSharp(
  load: () => Promise<{ default: Sharp }> = () => import('sharp'),
): Promise<Sharp> {
  try {
    return (await load()).default;
  } catch (error) {
    const [reason] = (error as Error).message.trim().split('\n');
    throw new SparnetError(
      'missing-package',
      `decoding and encoding images in Node needs the package sharp: npm install sharp (${reason})`,
      { cause: error },
    );
  }
}
