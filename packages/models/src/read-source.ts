import { SparnetError, invalid } from '@sparnet/core';

/** Where a model comes from: its bytes, a `File` or other blob, an address, a path (in Node only), or a published model. */
export type ModelSource = Uint8Array | ArrayBuffer | Blob | URL | string | PublishedModel;

/** A model file somewhere, and how to know that it is the right one. `@sparnet/pretrained` has some. */
export interface PublishedModel {
  url: URL | string;
  /** The file's length. */
  bytes: number;
  /** SHA-256 of the file, in lower-case hexadecimal digits. */
  sha256: string;
}

/**
 * The bytes of a source, and its name for messages.
 *
 * @throws SparnetError `missing-file` when there is no such file or address, `unsupported` for a path outside Node and
 *   web pages, `bad-file` when a published model's file is another one, `bad-argument` for anything else.
 */
export async function readSource(source: ModelSource): Promise<{ bytes: Uint8Array; name: string }> {
  if (source instanceof Uint8Array) return { bytes: source, name: 'model' };
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source), name: 'model' };
  if (source instanceof Blob) {
    const name = 'name' in source ? String(source.name) : 'model';
    return { bytes: new Uint8Array(await source.arrayBuffer()), name };
  }
  if (isPublished(source)) return checked(await readSource(source.url), source);
  if (typeof source !== 'string' && !(source instanceof URL)) {
    throw invalid('source', 'bytes, a blob, a URL, a path or a published model', source);
  }
  const url = asUrl(source);
  const name = url?.protocol === 'data:' ? 'data URL' : String(source);
  return {
    name,
    bytes: url && url.protocol !== 'file:' ? await download(url, name) : await readPath(url ?? source),
  };
}

function isPublished(source: unknown): source is PublishedModel {
  return typeof source === 'object' && source !== null && 'url' in source && 'sha256' in source;
}

/** Pages that were not fetched by https have no digests; there the length alone is compared. */
async function checked(
  { bytes, name }: { bytes: Uint8Array; name: string },
  { bytes: length, sha256 }: PublishedModel,
): Promise<{ bytes: Uint8Array; name: string }> {
  const { subtle } = globalThis.crypto as Partial<Crypto>;
  const digest = subtle && hexadecimal(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  if (bytes.length === length && (digest === undefined || digest === sha256)) return { bytes, name };
  const what = bytes.length === length ? 'other bytes' : `${bytes.length} bytes instead of ${length}`;
  throw new SparnetError('bad-file', `${name}: not the published model (${what}); fetch or install it again`);
}

function hexadecimal(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A string is an address when it begins with a known protocol; in a page, relative paths are addresses too. */
function asUrl(source: URL | string): URL | undefined {
  if (typeof source !== 'string') return source;
  const absolute = /^(https?|data|blob|file):/i.test(source);
  if (!absolute && typeof document === 'undefined') return undefined;
  const base = absolute ? undefined : document.baseURI;
  if (!URL.canParse(source, base)) throw invalid('source', 'a whole address or a path', source);
  return new URL(source, base);
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
