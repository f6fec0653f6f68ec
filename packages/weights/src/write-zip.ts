import { SparnetError } from '@sparnet/core';
import { crc32 } from './crc32.ts';

const localSize = 30;
const centralSize = 46;
const endSize = 22;
/** PyTorch maps records into memory at multiples of this. */
const alignment = 64;
/** The id of the extra field with which PyTorch pads, too. */
const paddingId = 0x4246;
/** 1 January 1980: equal content gives equal bytes. */
const date = 0x0021;

/**
 * Writes a zip archive of stored entries whose contents begin at multiples of 64 bytes.
 *
 * @param entries - Contents by name, ASCII.
 * @throws SparnetError `unsupported` from 4 GiB or 65,535 entries on.
 */
export function writeZip(entries: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const plan: { name: Uint8Array; content: Uint8Array; headerAt: number; dataAt: number; crc: number }[] = [];
  let at = 0;
  let directorySize = 0;
  for (const [path, content] of entries) {
    const name = new TextEncoder().encode(path);
    const dataAt = Math.ceil((at + localSize + name.length + 4) / alignment) * alignment;
    plan.push({ name, content, headerAt: at, dataAt, crc: crc32(content) });
    at = dataAt + content.length;
    directorySize += centralSize + name.length;
  }
  if (at + directorySize >= 2 ** 32 || plan.length >= 2 ** 16 - 1) {
    throw new SparnetError(
      'unsupported',
      'a .pth file of 4 GiB, or of 65,535 tensors, or more; write safetensors',
    );
  }

  const archive = new Uint8Array(at + directorySize + endSize);
  const view = new DataView(archive.buffer);
  let centralAt = at;
  for (const { name, content, headerAt, dataAt, crc } of plan) {
    view.setUint32(headerAt, 0x04034b50, true);
    writeFields(view, headerAt + 4, content.length, name.length, crc);
    const padding = dataAt - headerAt - localSize - name.length;
    view.setUint16(headerAt + 28, padding, true);
    archive.set(name, headerAt + localSize);
    view.setUint16(headerAt + localSize + name.length, paddingId, true);
    view.setUint16(headerAt + localSize + name.length + 2, padding - 4, true);
    archive.set(content, dataAt);

    view.setUint32(centralAt, 0x02014b50, true);
    writeFields(view, centralAt + 6, content.length, name.length, crc);
    view.setUint32(centralAt + 42, headerAt, true);
    archive.set(name, centralAt + centralSize);
    centralAt += centralSize + name.length;
  }
  view.setUint32(centralAt, 0x06054b50, true);
  view.setUint16(centralAt + 8, plan.length, true);
  view.setUint16(centralAt + 10, plan.length, true);
  view.setUint32(centralAt + 12, directorySize, true);
  view.setUint32(centralAt + 16, at, true);
  return archive;
}

/** The run of fields, from the version on, that an entry's own header and the directory share. */
function writeFields(view: DataView, at: number, size: number, nameLength: number, crc: number): void {
  view.setUint16(at + 8, date, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, size, true);
  view.setUint32(at + 18, size, true);
  view.setUint16(at + 22, nameLength, true);
}
