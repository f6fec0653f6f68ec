import { SparnetError } from '@sparnet/core';
import { badFile } from './bad-file.ts';
import { tensorOn } from './layout.ts';
import {
  PickleGlobal,
  isDict,
  isTuple,
  type Item,
  type ItemRecord,
  type PickleMachine,
} from './pickle-machine.ts';
import { PickledStorage, checkView } from './storage.ts';
import type { DType, TensorData } from './tensor-data.ts';

type Call = (machine: PickleMachine, args: readonly Item[]) => Item;

const storageTypes: ReadonlyMap<string, DType> = new Map([
  ['torch.DoubleStorage', 'F64'],
  ['torch.FloatStorage', 'F32'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL'],
]);

const calls: ReadonlyMap<string, Call> = new Map([
  ['collections.OrderedDict', newOrderedDict],
  ['torch.Size', newSize],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_parameter', rebuildParameter],
]);

/**
 * The global of a name, if it is one of the few that a checkpoint of tensors needs. Nothing is ever looked up elsewhere.
 *
 * @throws SparnetError `unsafe-file` that names any other.
 */
export function allowedGlobal({ name }: PickleMachine, module: string, member: string): PickleGlobal {
  const path = `${module}.${member}`;
  if (!storageTypes.has(path) && !calls.has(path)) throw unsafe(name, `the global ${path.slice(0, 200)}`);
  return new PickleGlobal(path);
}

/** The error for a pickle that wants more than tensors and containers. */
export function unsafe(name: string, what: string): SparnetError {
  return new SparnetError(
    'unsafe-file',
    `${name}: refused, nothing of it was run: it uses ${what}, which weights do not need. ` +
      'If you trust the file, load it in Python and save its state dict as safetensors.',
  );
}

/** What the pickle's call of an allowed global gives. */
export function callGlobal(machine: PickleMachine, callee: Item, args: Item): Item {
  const call = callee instanceof PickleGlobal ? calls.get(callee.name) : undefined;
  if (call === undefined)
    throw unsafe(machine.name, 'a call of something that is no tensor-building function');
  if (!isTuple(args)) throw badFile(machine.name, 'a call has no tuple of arguments');
  return call(machine, args);
}

/** The storage that a persistent id stands for: ('storage', type, key, device, elements), in the legacy stream None, too. */
export function persistentStorage({ storages, name }: PickleMachine, id: Item): PickledStorage {
  if (!isTuple(id) || id[0] !== 'storage')
    throw badFile(name, 'it refers to something outside that is no storage');
  const [, type, key, , count, view] = id;
  const dtype = type instanceof PickleGlobal ? storageTypes.get(type.name) : undefined;
  const valid =
    typeof key === 'string' && typeof count === 'number' && Number.isSafeInteger(count) && count >= 0;
  if (dtype === undefined || !valid) throw badFile(name, 'a storage has no valid type, key and size');
  if (view !== undefined && view !== null) {
    throw new SparnetError(
      'unsupported',
      `${name}: storages of storages (PyTorch before 0.4); save it again`,
    );
  }
  const known = storages.get(key);
  if (known === undefined) {
    const storage = new PickledStorage(key, dtype, count);
    storages.set(key, storage);
    return storage;
  }
  if (known.dtype !== dtype || known.count !== count) {
    throw badFile(name, `the storage ${key} is described in two ways`);
  }
  return known;
}

function newOrderedDict({ ordered, name }: PickleMachine, args: readonly Item[]): ItemRecord {
  if (args.length > 0)
    throw badFile(name, 'an OrderedDict is built from arguments, which PyTorch never writes');
  const dict = Object.create(null) as ItemRecord;
  ordered.add(dict);
  return dict;
}

function newSize({ name }: PickleMachine, [sizes]: readonly Item[]): Item {
  if (!isTuple(sizes)) throw badFile(name, 'a torch.Size has no tuple of sizes');
  return sizes;
}

/** Arguments: storage, offset, size, strides, requires_grad, hooks, and in newer files metadata. */
function rebuildTensor({ tensors, name }: PickleMachine, args: readonly Item[]): TensorData {
  const [storage, offset, shape, strides, , , metadata] = args;
  if (
    args.length < 4 ||
    args.length > 7 ||
    !(storage instanceof PickledStorage) ||
    !isTuple(shape) ||
    !isTuple(strides)
  ) {
    throw badFile(name, 'a tensor is built from arguments of the wrong kind');
  }
  if (isDict(metadata) && Object.keys(metadata).length > 0) {
    throw new SparnetError(
      'unsupported',
      `${name}: a tensor is marked ${Object.keys(metadata).join()}; save a clone of it`,
    );
  }
  const view = { storage, offset: offset as number, strides: strides as number[] };
  checkView(view, shape as number[], name);
  const tensor = tensorOn(new Uint8Array(0), storage.dtype, shape as number[]);
  tensors.set(tensor, view);
  return tensor;
}

function rebuildParameter({ tensors, name }: PickleMachine, [tensor]: readonly Item[]): Item {
  if (!tensors.has(tensor as TensorData))
    throw badFile(name, 'a parameter is built from something that is no tensor');
  return tensor as TensorData;
}
