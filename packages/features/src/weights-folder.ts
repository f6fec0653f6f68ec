import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder in which fetched weights are kept, by the platform's convention: `~/.cache/sparnet` (or under
 * XDG_CACHE_HOME), `~/Library/Caches/sparnet` on macOS, `%LOCALAPPDATA%\sparnet` on Windows.
 */
export function weightsFolder(): string {
  const home = homedir();
  switch (process.platform) {
    case 'win32':
      return join(process.env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'sparnet');
    case 'darwin':
      return join(home, 'Library', 'Caches', 'sparnet');
    default:
      return join(process.env['XDG_CACHE_HOME'] || join(home, '.cache'), 'sparnet');
  }
}
