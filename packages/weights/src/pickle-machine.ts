import { badFile } from './bad-file.ts';
import type { PickleInput } from './pickle-input.ts';
import type { PthValue } from './pth-value.ts';
import type { PickledStorage, StorageView } from './storage.ts';
import type { TensorData } from './tensor-data.ts';

/** An allowed global that the pickle imported. A class, so that no pickled record passes for one. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/** What may lie on the stack: values, and what values are built from. */
export type Item = PthValue | PickleGlobal | PickledStorage | readonly Item[] | ItemRecord;

/** A dict. Always without prototype, by which it differs from a tensor. */
export type ItemRecord = { [key: string]: Item };

/** The state of an unpickler: stack, memo, and the tensors found. */
export interface PickleMachine {
  readonly input: PickleInput;
  /** The file's name for messages. */
  readonly name: string;
  /** The items above the last mark. */
  stack: Item[];
  /** The stacks below each mark. */
  readonly below: Item[][];
  readonly memo: Map<number, Item>;
  /** Those dicts that are an `OrderedDict`. */
  readonly ordered: WeakSet<object>;
  readonly storages: Map<string, PickledStorage>;
  /** Tensors without data as yet, and what they view. */
  readonly tensors: Map<TensorData, StorageView>;
}

/** The top of the stack, taken off. */
export function pop({ stack, name }: PickleMachine): Item {
  const item = stack.pop();
  if (item === undefined)
    throw badFile(name, 'the pickled data takes more from its stack than it has put there');
  return item;
}

/** The top of the stack, left there. */
export function top({ stack, name }: PickleMachine): Item {
  const item = stack.at(-1);
  if (item === undefined) throw badFile(name, 'the pickled data reads from an empty stack');
  return item;
}

/** The items above the last mark, taken off together with it. */
export function popMarked(machine: PickleMachine): Item[] {
  const items = machine.stack;
  const stack = machine.below.pop();
  if (stack === undefined)
    throw badFile(machine.name, 'the pickled data goes back to a mark that it has not set');
  machine.stack = stack;
  return items;
}

/** A tuple is a frozen array, a list one that is not. */
export function isTuple(item: Item | undefined): item is readonly Item[] {
  return Array.isArray(item) && Object.isFrozen(item);
}

/** True for a list, to which items may be appended. */
export function isList(item: Item): item is Item[] {
  return Array.isArray(item) && !Object.isFrozen(item);
}

/** True for a dict. */
export function isDict(item: Item | undefined): item is ItemRecord {
  return typeof item === 'object' && item !== null && Object.getPrototypeOf(item) === null;
}
