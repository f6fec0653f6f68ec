/**
 * Text that isn't ours, such as a name, on one line for Markdown: it makes no HTML, picture or code, starts no heading,
 * list or quotation, and breaks no table. What is none of these stays as it is.
 */
export function escapeMarkdown(text: string): string {
  return onOneLine(text)
    .replaceAll(/[\\`<|]|\](?=\()|\[(?=\^)|&(?=#?\w+;)/g, '\\$&')
    .replace(/^(?:[-+*>]|#{1,6}|~~~)(?= )|^>|^~~~/, '\\$&')
    .replace(/^(\d{1,9})(?=[.)] )/, '$1\\');
}

/** Such text as it is, in the type of code. */
export function codeSpan(text: string): string {
  const line = onOneLine(text);
  const runs = line.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1);
  return runs.length === 0 ? `\`${line}\`` : `${fence} ${line} ${fence}`;
}

function onOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
