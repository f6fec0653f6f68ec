import { SparnetError } from '@sparnet/core';
import { badFile } from './bad-file.ts';
import { itemSizeOf } from './layout.ts';
import { isPthRecord, type PthValue } from './pth-value.ts';
import { fillTensors, type PickledStorage } from './storage.ts';
import { unpickle } from './unpickle.ts';

const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;

/**
 * Reads the stream that PyTorch up to 1.5 wrote: five pickles (magic number, protocol, system, object, storage keys),
 * then the storages in the order of the keys, each behind its number of elements.
 */
export function parseLegacyPth(bytes: Uint8Array, name: string): PthValue {
  const magic = unpickle(bytes, { name });
  if (magic.value !== magicNumber) throw badFile(name, 'no PyTorch checkpoint: the magic number is missing');
  const protocol = unpickle(bytes, { start: magic.end, name });
  if (protocol.value !== protocolVersion) throw badFile(name, `the protocol is not ${protocolVersion}`);
  const system = unpickle(bytes, { start: protocol.end, name });
  if (!isPthRecord(system.value)) throw badFile(name, 'the description of the system is missing');
  if (system.value['little_endian'] !== true) {
    throw new SparnetError('unsupported', `${name}: saved on a big-endian machine; save it again on another`);
  }
  const object = unpickle(bytes, { start: system.end, name });
  const keys = unpickle(bytes, { start: object.end, name });
  const contents = readStorages(bytes, keys.end, orderedStorages(keys.value, object.storages, name), name);
  fillTensors(object.tensors, (storage) => contents.get(storage) as Uint8Array, {
    fileSize: bytes.length,
    name,
  });
  return object.value;
}

function orderedStorages(
  keys: PthValue,
  storages: ReadonlyMap<string, PickledStorage>,
  name: string,
): ReadonlySet<PickledStorage> {
  const found = new Set<PickledStorage>();
  for (const key of Array.isArray(keys) ? (keys as readonly PthValue[]) : []) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined || found.has(storage))
      throw badFile(name, 'it lists storages that no tensor uses');
    found.add(storage);
  }
  if (found.size !== storages.size) throw badFile(name, 'some storages are missing; get the file again');
  return found;
}

function readStorages(
  bytes: Uint8Array,
  start: number,
  storages: ReadonlySet<PickledStorage>,
  name: string,
): Map<PickledStorage, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const contents = new Map<PickledStorage, Uint8Array>();
  let at = start;
  for (const storage of storages) {
    const { key, dtype, count } = storage;
    const end = at + 8 + count * itemSizeOf(dtype);
    if (end > bytes.length) throw badFile(name, `the storage ${key} is cut short; get the file again`);
    if (view.getBigInt64(at, true) !== BigInt(count)) {
      throw badFile(name, `the storage ${key} does not have the ${count} elements that its tensors expect`);
    }
    contents.set(storage, bytes.subarray(at + 8, end));
    at = end;
  }
  if (at !== bytes.length) throw badFile(name, `${bytes.length - at} bytes follow the last storage`);
  return contents;
}
