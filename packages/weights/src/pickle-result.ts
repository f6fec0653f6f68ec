import { badFile } from './bad-file.ts';
import { isDict, pop, type Item, type PickleMachine } from './pickle-machine.ts';
import type { PthValue } from './pth-value.ts';

const maxDepth = 1000;

/**
 * The value that a pickle leaves when it stops: the only thing on the stack, free of half-built parts and of cycles.
 *
 * @throws SparnetError `bad-file` when it is not so, or nested deeper than a thousand.
 */
export function finishedValue(machine: PickleMachine): PthValue {
  const value = pop(machine);
  if (machine.stack.length > 0 || machine.below.length > 0) {
    throw badFile(machine.name, 'the pickled data stops with things left over');
  }
  checkFinished(machine, value);
  return value as PthValue;
}

function checkFinished({ tensors, name }: PickleMachine, root: Item): void {
  const open = new Set<object>();
  // An object may appear in many places (memo): each is measured once, or a small file could take forever.
  const heights = new Map<object, number>();

  if (heightOf(root) > maxDepth) throw tooDeep();

  function tooDeep() {
    return badFile(name, `values nested deeper than ${maxDepth}`);
  }
  function heightOf(item: Item): number {
    if (typeof item !== 'object' || item === null || tensors.has(item as never)) return 0;
    const known = heights.get(item);
    if (known !== undefined) return known;
    if (open.has(item)) throw badFile(name, 'a value contains itself');
    if (open.size > maxDepth) throw tooDeep();
    if (!Array.isArray(item) && !isDict(item)) throw badFile(name, 'a tensor is left half-built');
    open.add(item);
    let height = 0;
    for (const part of Array.isArray(item) ? (item as readonly Item[]) : Object.values(item)) {
      height = Math.max(height, heightOf(part) + 1);
    }
    open.delete(item);
    heights.set(item, height);
    return height;
  }
}
