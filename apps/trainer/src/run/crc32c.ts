/** Castagnoli's polynomial, bits reversed. */
const polynomial = 0x82f63b78;

let table: Uint32Array | undefined;

/** The CRC-32C of some bytes as an unsigned 32-bit integer; of the ASCII text `123456789` it is 0xe3069283 (RFC 3720). */
export function crc32c(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => remainder(byte));
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] as number);
  return ~crc >>> 0;
}

/** The masked CRC that frames a TFRecord, so that a CRC of data that holds CRCs stays strong. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function remainder(byte: number): number {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
  return value;
}
