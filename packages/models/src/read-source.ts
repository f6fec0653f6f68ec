import { SparnetError, invalid } from '@sparnet/core';

/** Where a model comes from: its bytes, a `File` or other blob, an address, or a path (paths in Node only). */
export type ModelSource = Uint8Array | ArrayBuffer | Blob | URL | string;

/**
 * The bytes of a source, and its name for messages.
 *
 * @throws SparnetError `missing-file` when there is no such file or address, `unsupported` for a path outside Node and
 *   web pages, `bad-argument` for anything else.
 */
export async function readSource(source: ModelSource): Promise<{ bytes: Uint8Array; name: string }> {
  if (source instanceof Uint8Array) return { bytes: source, name: 'model' };
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source), name: 'model' };
  if (source instanceof Blob) {
    const name = 'name' in source ? String(source.name) : 'model';
    return { bytes: new Uint8Array(await source.arrayBuffer()), name };
  }
  if (typeof source !== 'string' && !(source instanceof URL)) {
    throw invalid('source', 'bytes, a blob, a URL or a path', source);
  }
  const url = asUrl(source);
  const name = url?.protocol === 'data:' ? 'data URL' : String(source);
  return {
    name,
    bytes: url && url.protocol !== 'file:' ? await download(url, name) : await readPath(url ?? source),
  };
}

/** A string is an address when it begins with a known protocol; in a page, relative paths are addresses too. */
function asUrl(source: URL | string): URL | undefined {
  if (typeof source !== 'string') return source;
  if (/^(https?|data|blob|file):/i.test(source)) return new URL(source);
  return typeof document === 'undefined' ? undefined : new URL(source, document.baseURI);
}

async function download(url: URL, name: string): Promise<Uint8Array> {
  const lost = (what: string) => (cause: unknown) => {
    throw new SparnetError('missing-file', `${name}: ${what}`, { cause });
  };
  const response = await fetch(url).catch(lost('no answer; check the address and the network'));
  if (!response.ok) {
    throw new SparnetError(
      'missing-file',
      `${name}: HTTP ${response.status} ${response.statusText}; check the address`,
    );
  }
  return new Uint8Array(await response.arrayBuffer().catch(lost('the download broke off; try again')));
}

async function readPath(path: URL | string): Promise<Uint8Array> {
  // Not an import, which bundlers for browsers would try to resolve.
  const fs = globalThis.process?.getBuiltinModule?.('node:fs/promises');
  if (!fs)
    throw new SparnetError(
      'unsupported',
      `${String(path)}: paths can only be read in Node; give a whole address (https://...), a File or the bytes`,
    );
  try {
    return await fs.readFile(path);
  } catch (cause) {
    throw new SparnetError('missing-file', `${String(path)}: ${(cause as Error).message}`, { cause });
  }
}
