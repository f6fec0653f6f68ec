import { badFile } from './bad-file.ts';

/** A JSON value of a safetensors header. A number that is not written as digits alone reads as NaN: none is legal. */
export type HeaderValue = string | number | boolean | null | HeaderValue[] | Map<string, HeaderValue>;

/** The nesting at which the reference implementation stops, too. */
const maxDepth = 128;

const space = /[ \t\n\r]*/y;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Reads JSON like `JSON.parse`, but keeps what that hides: it refuses an object that repeats a key, and tells `1` from
 * `1.0`. Objects are maps, so that no key is special.
 *
 * @throws SparnetError `bad-file` that says where the text stops being JSON.
 */
export function parseHeaderJson(text: string, name: string): HeaderValue {
  let at = 0;

  const result = readValue(0);
  skipSpace();
  if (at !== text.length) throw fail('more text after the end');
  return result;

  function fail(problem: string) {
    return badFile(name, `the header is not valid: ${problem} at character ${at}`);
  }
  function skipSpace(): void {
    space.lastIndex = at;
    space.test(text);
    at = space.lastIndex;
  }
  function next(): string | undefined {
    skipSpace();
    return text[at];
  }
  function expect(mark: string): void {
    if (next() !== mark) throw fail(`expected ${mark}`);
    at += 1;
  }
  /** True, and past it, when a comma follows; false, and past it, when the closing bracket does. */
  function goesOn(closing: string): boolean {
    if (next() === ',') {
      at += 1;
      return true;
    }
    expect(closing);
    return false;
  }
  function readValue(depth: number): HeaderValue {
    if (depth > maxDepth) throw fail(`nesting deeper than ${maxDepth}`);
    const mark = next();
    if (mark === '{') return readObject(depth);
    if (mark === '[') return readArray(depth);
    if (mark === '"') return readString();
    return readScalar();
  }
  function readObject(depth: number): Map<string, HeaderValue> {
    const entries = new Map<string, HeaderValue>();
    at += 1;
    if (next() === '}') {
      at += 1;
      return entries;
    }
    do {
      if (next() !== '"') throw fail('expected a key');
      const key = readString();
      if (entries.has(key)) throw fail(`the key ${JSON.stringify(key)} is repeated`);
      expect(':');
      entries.set(key, readValue(depth + 1));
    } while (goesOn('}'));
    return entries;
  }
  function readArray(depth: number): HeaderValue[] {
    const items: HeaderValue[] = [];
    at += 1;
    if (next() === ']') {
      at += 1;
      return items;
    }
    do items.push(readValue(depth + 1));
    while (goesOn(']'));
    return items;
  }
  function readString(): string {
    const end = closingQuote(text, at);
    try {
      const value = JSON.parse(text.slice(at, end + 1)) as string;
      if (loneSurrogate.test(value)) throw new Error('lone surrogate');
      at = end + 1;
      return value;
    } catch {
      throw fail('a string that is cut short or has an illegal character or escape');
    }
  }
  function readScalar(): HeaderValue {
    scalar.lastIndex = at;
    const word = scalar.exec(text)?.[0];
    if (word === undefined) throw fail('expected a value');
    at += word.length;
    if (word === 'null') return null;
    if (word === 'true' || word === 'false') return word === 'true';
    return /^\d+$/.test(word) ? Number(word) : Number.NaN;
  }
}

/** Where the string that begins at `start` ends: at a quote with an even number of backslashes before it. */
function closingQuote(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length;
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}
