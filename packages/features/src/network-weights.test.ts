import { formatPth, formatSafetensors, toHalf, type StateDict } from '@sparnet/weights';
import { createHash } from 'node:crypto';
import { mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { downloadFile } from './download-file.ts';
import { networkFiles } from './network-files.ts';
import { networkWeights, weightsFolder } from './node.ts';

const state: StateDict = { 'features.0.bias': { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } };
const url = 'https://download.pytorch.org/models/vgg19-dcbb9e9d.pth';
const noNetwork: typeof fetch = () => {
  throw new Error('the network was used');
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparnet-'));
  vi.stubEnv('SPARNET_WEIGHTS', '');
  vi.stubEnv('SPARNET_OFFLINE', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe('weights that are there', () => {
  test('are read from a path, whatever the file is called', async () => {
    const path = join(folder, 'weights.bin');
    writeFileSync(path, formatPth(state));
    expect(await networkWeights('vgg19', { path, fetch: noNetwork })).toEqual(state);
    writeFileSync(path, formatSafetensors(state));
    expect(await networkWeights('vgg19', { path, fetch: noNetwork })).toEqual(state);
    await expect(networkWeights('vgg19', { path: join(folder, 'none') })).rejects.toMatchObject({
      code: 'missing-file',
    });
  });

  test('are looked up in SPARNET_WEIGHTS, then in the cache, under either name', async () => {
    const cache = join(folder, 'cache');
    const given = join(folder, 'given');
    for (const place of [cache, given]) mkdirSync(place);
    const put = (place: string, value: number): void =>
      writeFileSync(
        place,
        formatSafetensors({ a: { dtype: 'F32', shape: [1], data: Float32Array.of(value) } }),
      );
    const found = async (): Promise<unknown> =>
      (await networkWeights('squeezenet1_1', { cache, fetch: noNetwork }))['a']?.data[0];
    put(join(cache, 'squeezenet1_1-b8a52dc0.pth'), 1);
    expect(await found()).toBe(1);
    put(join(cache, 'squeezenet1_1-features.safetensors'), 2);
    expect(await found()).toBe(2);
    vi.stubEnv('SPARNET_WEIGHTS', given);
    expect(await found()).toBe(2);
    put(join(given, 'squeezenet1_1-b8a52dc0.pth'), 3);
    expect(await found()).toBe(3);
  });

  test('may be half precision', async () => {
    const path = join(folder, 'half.safetensors');
    const data = toHalf(Float32Array.of(0.5, -2));
    writeFileSync(path, formatSafetensors({ w: { dtype: 'F16', shape: [2], data } }));
    expect((await networkWeights('alexnet', { path }))['w']?.dtype).toBe('F16');
  });
});

describe('weights that are nowhere', () => {
  const place = (): string => join(folder, 'deep', 'cache', 'vgg19-dcbb9e9d.pth');
  const cache = (): string => join(folder, 'deep', 'cache');

  test('offline: the message says what to fetch, and where to put it', async () => {
    vi.stubEnv('SPARNET_OFFLINE', '1');
    const message =
      `${place()}: these weights could not be fetched, for they are in none of the known folders, and fetching is ` +
      `switched off. Fetch ${url} and save it as ${place()}, or name the folder that holds it in the environment ` +
      'variable SPARNET_WEIGHTS';
    const attempt = networkWeights('vgg19', { cache: cache(), fetch: noNetwork });
    await expect(attempt).rejects.toMatchObject({ code: 'missing-file', message });
    vi.stubEnv('SPARNET_OFFLINE', '');
    await expect(
      networkWeights('vgg19', { cache: cache(), offline: true, fetch: noNetwork }),
    ).rejects.toMatchObject({ code: 'missing-file', message });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('the network is down', async () => {
    const fetch = (): Promise<Response> =>
      Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') }));
    await expect(networkWeights('vgg19', { cache: cache(), fetch })).rejects.toMatchObject({
      code: 'missing-file',
      message: expect.stringMatching(
        /for fetch failed \(getaddrinfo ENOTFOUND\)\. Fetch https.* save it as/,
      ) as string,
    });
  });

  test('what came is not the file', async () => {
    const fetch = (): Promise<Response> => Promise.resolve(new Response('a page to log in'));
    await expect(networkWeights('vgg19', { cache: cache(), fetch })).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(
        /another file than expected: sha256 \w{64} \(16 bytes\) instead of dcbb9e9d/,
      ) as string,
    });
    expect(readdirSync(cache())).toEqual([]);
  });

  test('an unknown network is refused', async () => {
    await expect(networkWeights('vgg11' as 'vgg16')).rejects.toThrow(
      'expected one of squeezenet1_1, alexnet, vgg16, vgg19, inception-fid for name, got "vgg11"',
    );
  });
});

describe('a download from a server', () => {
  const bytes = formatPth(state);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  let server: Server;
  let address = '';
  beforeEach(async () => {
    server = createServer((request, response) => {
      if (request.url === '/none') response.writeHead(404, 'Not Found').end('no');
      else if (request.url === '/short') {
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 100), () => response.destroy());
      } else response.end(bytes);
    });
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.close();
  });

  const download = (path: string, digits = sha256): Promise<void> =>
    downloadFile({ url: address + path, place: join(folder, 'new', 'w.pth'), sha256: digits, fetch });

  test('arrives whole, in a new folder', async () => {
    await download('/', sha256.slice(0, 8));
    expect(readdirSync(join(folder, 'new'))).toEqual(['w.pth']);
    expect(await networkWeights('vgg19', { path: join(folder, 'new', 'w.pth') })).toEqual(state);
  });

  test('that breaks off leaves nothing', async () => {
    await expect(download('/short')).rejects.toMatchObject({
      code: 'missing-file',
      message: expect.stringContaining(`save it as ${join(folder, 'new', 'w.pth')}`) as string,
    });
    expect(readdirSync(join(folder, 'new'))).toEqual([]);
  });

  test('that is not there says so', async () => {
    await expect(download('/none')).rejects.toThrow(
      'for the server answered 404 Not Found. Fetch http://127',
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test('with another digest leaves nothing', async () => {
    await expect(
      download(
        '/',
        sha256.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
      ),
    ).rejects.toThrow('gave another file than expected');
    expect(readdirSync(join(folder, 'new'))).toEqual([]);
  });
});

test('the digests begin with the digits in the published names', () => {
  for (const { file, url: from, sha256 } of Object.values(networkFiles)) {
    expect(file).toMatch(new RegExp(`-${sha256.slice(0, 8)}\\.pth$`));
    expect(from.endsWith(`/${file}`)).toBe(true);
    expect(sha256).toMatch(/^([0-9a-f]{8}|[0-9a-f]{64})$/);
  }
});

test('the cache folder follows the platform', () => {
  const on = (platform: NodeJS.Platform): string => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
    const found = weightsFolder();
    vi.restoreAllMocks();
    return found;
  };
  vi.stubEnv('HOME', '/home/me');
  vi.stubEnv('XDG_CACHE_HOME', '');
  vi.stubEnv('LOCALAPPDATA', 'C:\\Local');
  expect(on('linux')).toBe('/home/me/.cache/sparnet');
  expect(on('darwin')).toBe('/home/me/Library/Caches/sparnet');
  expect(on('win32')).toBe(join('C:\\Local', 'sparnet'));
  vi.stubEnv('XDG_CACHE_HOME', '/var/cache/me');
  expect(on('linux')).toBe('/var/cache/me/sparnet');
});
