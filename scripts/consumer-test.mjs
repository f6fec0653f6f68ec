// Installs the packed packages as anyone would, into an empty folder outside the workspace, and uses them there.
// Expects the packages to be built. The last line is 'N passed, N failed'.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = ['core', 'image', 'weights', 'engine', 'layers', 'models', 'losses', 'metrics'];
const tensorflow = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'];
const windows = process.platform === 'win32';

const folder = mkdtempSync(join(tmpdir(), 'sparnet-consumer-'));
const count = { passed: 0, failed: 0 };
try {
  pack();
  install();
  nodeTests('plain.test.mjs');
  nodeTests('required.test.cjs');
  typeTests();
} catch (error) {
  note(error.message, { status: 1, output: '' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed > 0 ? 1 : 0;

function pack() {
  for (const name of packages) {
    must(
      run('pnpm', ['pack', '--pack-destination', folder], join(root, 'packages', name)),
      `packing ${name}`,
    );
  }
}

function install() {
  const tarballs = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  const ours = packages.map((name) => [
    `@sparnet/${name}`,
    `file:${tarballs.find((file) => file.startsWith(`sparnet-${name}-`))}`,
  ]);
  const dependencies = Object.fromEntries([...ours, ...tensorflow.map((name) => [name, catalogued(name)])]);
  // One @sparnet package asks for another by version, which no registry has yet.
  const overrides = Object.fromEntries(ours.map(([name]) => [name, `$${name}`]));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies, overrides }),
  );
  cpSync(join(root, 'consumer'), folder, { recursive: true });
  must(
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']),
    'npm install',
  );
}

/** The version that the workspace pins. */
function catalogued(name) {
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const version = workspace.match(new RegExp(`^  '${name}': (\\S+)$`, 'm'))?.[1];
  if (!version) throw new Error(`pnpm-workspace.yaml pins no ${name}`);
  return version;
}

/** Run a file of Node's own test runner, and count its tests. */
function nodeTests(file) {
  const { status, output } = run(process.execPath, ['--test', '--test-reporter=tap', file]);
  const number = (what) => Number(output.match(new RegExp(`^# ${what} (\\d+)$`, 'm'))?.[1] ?? 0);
  const passed = number('pass');
  const failed = Math.max(number('fail'), status === 0 && passed > 0 ? 0 : 1);
  count.passed += passed;
  count.failed += failed;
  console.log(failed > 0 ? output : `${file}: ${passed} passed`);
}

/** The declarations of tfjs and WebGPU don't pass with skipLibCheck off; ours have to. */
function typeTests() {
  const tsc = [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'];
  note('strict TypeScript compiles', run(process.execPath, tsc));
  const { output } = run(process.execPath, [...tsc, '--skipLibCheck', 'false']);
  const ours = output.split('\n').filter((line) => /^(node_modules\/@sparnet\/|typed\.ts)/.test(line));
  note('declarations are sound', { status: ours.length, output: ours.join('\n') });
}

function note(name, { status, output }) {
  if (status === 0) count.passed += 1;
  else count.failed += 1;
  console.log(status === 0 ? `${name}: passed` : `${name}: failed\n${output}`);
}

function must({ status, output }, what) {
  if (status !== 0) throw new Error(`${what} failed:\n${output}`);
}

function run(command, args, cwd = folder) {
  // Settings of the package manager that started us are not the consumer's.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([key]) => !/^npm_(config_(?!registry|cache)|package|lifecycle)/i.test(key),
    ),
  );
  const done = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    shell: windows && command !== process.execPath,
  });
  return { status: done.status, output: [done.stdout, done.stderr, done.error?.message].join('') };
}
