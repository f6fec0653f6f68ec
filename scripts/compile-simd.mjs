import { main } from 'assemblyscript/asc';
import { fileURLToPath } from 'node:url';

/**
 * Compiles a folder of AssemblyScript.
 *
 * @param {URL} folder - Ends with a slash; its index.ts exports what the module exports.
 * @returns The WebAssembly module, and the TypeScript file that holds it.
 */
export async function compileSimd(folder) {
  const outputs = new Map();
  const { error } = await main(
    [
      'index.ts',
      ...['--outFile', 'simd.wasm', '--baseDir', fileURLToPath(folder)],
      ...['--enable', 'simd', '--runtime', 'stub', '--noAssert', '-O3', '--converge'],
      // Vectors pass between functions here, and never leave the module.
      ...['--disableWarning', '112'],
    ],
    {
      writeFile: (name, contents) => void outputs.set(name, contents),
      stderr: process.stderr,
    },
  );
  if (error) throw error;
  const bytes = outputs.get('simd.wasm');
  const source = `// Compiled from assembly/ by scripts/build-simd.mjs: don't edit.
/** A WebAssembly module, in base64. */
export const moduleBytes =
  '${Buffer.from(bytes).toString('base64')}';
`;
  return { source, bytes };
}

/** The folders of AssemblyScript in this repository, and the files that hold what they compile to. */
export const modules = [
  {
    folder: new URL('../packages/degrade/assembly/', import.meta.url),
    file: new URL('../packages/degrade/src/simd/module-bytes.ts', import.meta.url),
  },
  {
    folder: new URL('../packages/image/assembly/', import.meta.url),
    file: new URL('../packages/image/src/resample-module-bytes.ts', import.meta.url),
  },
];
