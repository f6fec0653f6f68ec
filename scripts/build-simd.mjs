// Compiles the AssemblyScript of @sparnet/degrade and @sparnet/image, and writes it in base64 into the files that the
// packages load it from: node scripts/build-simd.mjs. With --check it only says whether they are right.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compileSimd, modules } from './compile-simd.mjs';

const check = process.argv.includes('--check');
for (const { folder, file } of modules) {
  const { source, bytes } = await compileSimd(folder);
  if (!check) {
    await writeFile(file, source);
    console.log(`${fileURLToPath(file)}: ${bytes.length} bytes of WebAssembly`);
  } else if ((await readFile(file, 'utf8')) !== source) {
    console.error(`${fileURLToPath(file)} is not what its source compiles to: run ${process.argv[1]}`);
    process.exitCode = 1;
  }
}
