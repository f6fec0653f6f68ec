/** A member for {@link tarBytes}. */
interface TarFixture {
  name: string;
  content?: Uint8Array | string;
  type?: string;
  prefix?: string;
}

/** The bytes of a USTAR archive of these members, for tests. */
export function tarBytes(members: readonly TarFixture[], { closing = 2 }: { closing?: number } = {}): Buffer {
  const blocks = members.flatMap(({ name, content = '', type = '0', prefix = '' }) => {
    const bytes = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write('0000644\0', 100);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write(' '.repeat(8), 148);
    header.write(type, 156);
    header.write('ustar\x0000', 257);
    header.write(prefix, 345);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(512 * closing)]);
}

/** A pax record, `<length> <key>=<value>\n`, whose length counts itself. */
export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}
