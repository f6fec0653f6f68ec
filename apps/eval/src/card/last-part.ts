/** The last part of a path of any system: in whose folders something lay concerns nobody. */
export function lastPart(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}
