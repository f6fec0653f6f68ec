import { SparnetError } from '@sparnet/core';
import { badFile } from './bad-file.ts';
import { allowedGlobal, callGlobal, persistentStorage, unsafe } from './pickle-globals.ts';
import { pickleInput } from './pickle-input.ts';
import { finishedValue } from './pickle-result.ts';
import {
  isDict,
  isList,
  pop,
  popMarked,
  top,
  type Item,
  type ItemRecord,
  type PickleMachine,
} from './pickle-machine.ts';
import type { PthValue } from './pth-value.ts';
import type { PickledStorage, StorageView } from './storage.ts';
import type { TensorData } from './tensor-data.ts';

const maxBytes = 64 * 2 ** 20;
const maxMemo = 1_000_000;
/** Bounds memory: an operation of one byte can make an object of a hundred. A large model needs some ten thousand. */
const maxOperations = 4_000_000;
const maxMarks = 1000;
const stop = 0x2e;

type Operation = (machine: PickleMachine) => void;

const operations: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [0x80, ({ input }) => void input.uint8()], // PROTO
  // Constants and containers
  [0x4e, ({ stack }) => void stack.push(null)], // NONE
  [0x88, ({ stack }) => void stack.push(true)], // NEWTRUE
  [0x89, ({ stack }) => void stack.push(false)], // NEWFALSE
  [0x4a, ({ stack, input }) => void stack.push(input.int32())], // BININT
  [0x4b, ({ stack, input }) => void stack.push(input.uint8())], // BININT1
  [0x4d, ({ stack, input }) => void stack.push(input.uint16())], // BININT2
  [0x8a, ({ stack, input }) => void stack.push(longInteger(input.bytes(input.uint8())))], // LONG1
  [0x47, ({ stack, input }) => void stack.push(input.float64())], // BINFLOAT
  [0x58, ({ stack, input }) => void stack.push(input.text(input.uint32()))], // BINUNICODE
  [0x8c, ({ stack, input }) => void stack.push(input.text(input.uint8()))], // SHORT_BINUNICODE
  [0x55, ({ stack, input }) => void stack.push(input.text(input.uint8()))], // SHORT_BINSTRING, text of Python 2
  [0x29, ({ stack }) => void stack.push(Object.freeze([]))], // EMPTY_TUPLE
  [0x5d, ({ stack }) => void stack.push([])], // EMPTY_LIST
  [0x7d, ({ stack }) => void stack.push(Object.create(null) as ItemRecord)], // EMPTY_DICT
  [0x85, (machine) => makeTuple(machine, 1)], // TUPLE1
  [0x86, (machine) => makeTuple(machine, 2)], // TUPLE2
  [0x87, (machine) => makeTuple(machine, 3)], // TUPLE3
  [0x28, setMark], // MARK
  [0x74, (machine) => pushTo(machine, Object.freeze(popMarked(machine)))], // TUPLE
  [0x61, (machine) => append(machine, [pop(machine)])], // APPEND
  [0x65, (machine) => append(machine, popMarked(machine))], // APPENDS
  [0x73, (machine) => setItems(machine, [pop(machine), pop(machine)].reverse())], // SETITEM
  [0x75, (machine) => setItems(machine, popMarked(machine))], // SETITEMS
  // Memo
  [0x71, (machine) => remember(machine, machine.input.uint8())], // BINPUT
  [0x72, (machine) => remember(machine, machine.input.uint32())], // LONG_BINPUT
  [0x68, (machine) => recall(machine, machine.input.uint8())], // BINGET
  [0x6a, (machine) => recall(machine, machine.input.uint32())], // LONG_BINGET
  // The operations that a full unpickler would run code for
  [0x63, (machine) => pushTo(machine, allowedGlobal(machine, machine.input.line(), machine.input.line()))], // GLOBAL
  [0x52, reduce], // REDUCE
  [0x62, build], // BUILD
  [0x51, (machine) => pushTo(machine, persistentStorage(machine, pop(machine)))], // BINPERSID
  [0x93, refuseStackGlobal], // STACK_GLOBAL
  [0x69, ({ input, name }) => refuse(name, `the global ${input.line()}.${input.line()}`)], // INST
  [0x6f, ({ name }) => refuse(name, 'the operation OBJ')],
  [0x81, ({ name }) => refuse(name, 'the operation NEWOBJ')],
  [0x92, ({ name }) => refuse(name, 'the operation NEWOBJ_EX')],
  [0x82, ({ name }) => refuse(name, 'the operation EXT1')],
  [0x83, ({ name }) => refuse(name, 'the operation EXT2')],
  [0x84, ({ name }) => refuse(name, 'the operation EXT4')],
]);

/** A pickled value whose tensors have no data as yet, and what they need to get it. */
export interface Unpickled {
  value: PthValue;
  /** The position after the pickled value. */
  end: number;
  storages: ReadonlyMap<string, PickledStorage>;
  tensors: ReadonlyMap<TensorData, StorageView>;
}

/**
 * Reads one pickled value. It builds tensors and plain containers and can do nothing else: globals are compared with a
 * short list and never looked up, and only the operations that `torch.save` writes are known.
 *
 * @param bytes - Bytes that hold the pickle.
 * @param options - `start` is where it begins, `name` the file's name for messages.
 * @throws SparnetError `unsafe-file` for anything that would import or call something else, `bad-file` for damaged or
 *   oversized data (64 MiB, a million memo entries, four million operations, nesting of a thousand).
 */
export function unpickle(
  bytes: Uint8Array,
  { start = 0, name }: { start?: number; name: string },
): Unpickled {
  const input = pickleInput(bytes, start, maxBytes, name);
  const machine: PickleMachine = {
    input,
    name,
    stack: [],
    below: [],
    memo: new Map(),
    ordered: new WeakSet(),
    storages: new Map(),
    tensors: new Map(),
  };
  for (let count = 0; count < maxOperations; count++) {
    const code = input.uint8();
    if (code === stop) {
      const { storages, tensors } = machine;
      return { value: finishedValue(machine), end: input.position, storages, tensors };
    }
    const operation = operations.get(code);
    if (operation === undefined) {
      throw badFile(
        name,
        `the pickle operation 0x${code.toString(16)} at ${input.position - 1} is not one torch.save writes`,
      );
    }
    operation(machine);
  }
  throw badFile(name, `more than ${maxOperations} pickle operations`);
}

function pushTo({ stack }: PickleMachine, item: Item): void {
  stack.push(item);
}

function setMark(machine: PickleMachine): void {
  if (machine.below.length === maxMarks)
    throw badFile(machine.name, `pickled values nested deeper than ${maxMarks}`);
  machine.below.push(machine.stack);
  machine.stack = [];
}

function makeTuple(machine: PickleMachine, size: number): void {
  const items = Array.from({ length: size }, () => pop(machine)).reverse();
  machine.stack.push(Object.freeze(items));
}

function append(machine: PickleMachine, items: readonly Item[]): void {
  const list = top(machine);
  if (!isList(list)) throw badFile(machine.name, 'items are appended to something that is no list');
  for (const item of items) list.push(item);
}

function setItems(machine: PickleMachine, items: readonly Item[]): void {
  const dict = top(machine);
  if (!isDict(dict)) throw badFile(machine.name, 'keys are set on something that is no dict');
  if (items.length % 2 !== 0) throw badFile(machine.name, 'a key of a dict has no value');
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i];
    if (typeof key !== 'string' && typeof key !== 'number' && typeof key !== 'bigint') {
      throw new SparnetError(
        'unsupported',
        `${machine.name}: a dict has a key that is neither text nor number`,
      );
    }
    if (String(key) in dict)
      throw badFile(machine.name, `a dict has two keys that read ${JSON.stringify(String(key))}`);
    dict[String(key)] = items[i + 1] as Item;
  }
}

function remember(machine: PickleMachine, index: number): void {
  const { memo, name } = machine;
  if (memo.size >= maxMemo) throw badFile(name, `more than ${maxMemo} pickle memo entries`);
  memo.set(index, top(machine));
}

function recall({ memo, stack, name }: PickleMachine, index: number): void {
  const item = memo.get(index);
  if (item === undefined)
    throw badFile(name, `the pickle recalls memo entry ${index}, which it has not stored`);
  stack.push(item);
}

function reduce(machine: PickleMachine): void {
  const args = pop(machine);
  machine.stack.push(callGlobal(machine, pop(machine), args));
}

/** PyTorch attaches the module versions (`_metadata`) to an OrderedDict in this way; they say nothing about weights. */
function build(machine: PickleMachine): void {
  pop(machine);
  const target = top(machine);
  if (!isDict(target) || !machine.ordered.has(target)) refuse(machine.name, 'state set on an object (BUILD)');
}

function refuseStackGlobal({ stack, name }: PickleMachine): void {
  const [module, member] = stack.slice(-2);
  const known = typeof module === 'string' && typeof member === 'string';
  const path = known ? `the global ${module}.${member}` : 'a global';
  refuse(name, `${path.slice(0, 200)} by STACK_GLOBAL, an operation torch.save does not write by default`);
}

function refuse(name: string, what: string): never {
  throw unsafe(name, what);
}

/** Little-endian two's complement. */
function longInteger(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  value = BigInt.asIntN(8 * bytes.length, value);
  const short = Number(value);
  return Number.isSafeInteger(short) ? short : value;
}
