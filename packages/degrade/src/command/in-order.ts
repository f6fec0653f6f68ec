/**
 * Passes items on in the order of their places, one after the other, whatever the order in which they come.
 *
 * @param first - The place of the item that is passed on first.
 */
export function inOrder<T>(
  first: number,
  pass: (item: T, at: number) => Promise<void>,
): { put(at: number, item: T): Promise<void> } {
  const early = new Map<number, T>();
  let next = first;
  let passing = false;
  return {
    async put(at, item) {
      early.set(at, item);
      if (passing) return; // the loop under way comes to it
      passing = true;
      try {
        for (; early.has(next); next++) {
          const due = early.get(next) as T;
          early.delete(next);
          await pass(due, next);
        }
      } finally {
        passing = false;
      }
    },
  };
}
