/** Shows how far a run is, on a terminal, in place of what was shown before; nothing for the empty text. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
