// The one entry behind every root script. It needs only Node and npm: it brings the pinned pnpm, installs from the
// frozen lockfile when something that the install depends on has changed, then hands over to the real command.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const windows = process.platform === 'win32';
const bin = join(root, 'node_modules', '.bin');
// npm runs scripts in the root and says in INIT_CWD where its command was typed.
const typedIn = (process.env.npm_lifecycle_event && process.env.INIT_CWD) || process.cwd();
const stamp = join(root, 'node_modules', '.setup-stamp');

const lint = [
  ['node', 'scripts/check-lockfile.mjs'],
  ['node', 'scripts/check-imports.mjs'],
  ['oxlint', '--type-aware', '--deny-warnings'],
  ['oxfmt', '--check'],
];
const build = ['turbo', 'run', 'build'];
const typecheck = ['tsc', '-p', 'tsconfig.json'];
/** A program of ours, run from its TypeScript source. */
const program = (main) => [
  'node',
  `--import=${pathToFileURL(join(root, 'scripts/ts.mjs'))}`,
  '--conditions=@sparnet/source',
  join(root, main),
];
const programs = {
  start: program('apps/trainer/src/main.ts'),
  trainer: program('apps/trainer/src/main.ts'),
  vectors: program('vectors/src/main.ts'),
  degrade: program('packages/degrade/src/main.ts'),
  eval: program('apps/eval/src/main.ts'),
  native: program('packages/engine/src/native/main.ts'),
  bench: program('bench/src/bench.ts'),
  'publish-model': program('packages/pretrained/scripts/publish.ts'),
};
const tools = {
  setup: [],
  test: [['vitest', 'run']],
  coverage: [['vitest', 'run', '--coverage']],
  'test:browser': [['vitest', 'run', '--config', 'vitest.browser.config.ts']],
  consumer: [build, ['node', 'scripts/consumer-test.mjs']],
  pack: [build, ['node', 'scripts/pack-packages.mjs']],
  'check:packages': [
    build,
    ['pnpm', '--recursive', '--filter', './packages/*', 'exec', 'publint', '--strict'],
    [
      'pnpm',
      '--recursive',
      '--filter',
      './packages/*',
      'exec',
      'attw',
      '--pack',
      '.',
      '--profile',
      'esm-only',
    ],
    ['knip', '--no-config-hints'],
  ],
  build: [build],
  typecheck: [typecheck],
  format: [['oxfmt']],
  lint,
  check: [...lint, typecheck, build, ['vitest', 'run']],
};

const env = {
  ...process.env,
  PATH: [bin, process.env.PATH].join(delimiter),
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
};
// What an outer npm or pnpm exports for its own use only makes the inner one warn.
for (const key of Object.keys(env)) {
  if (
    /^npm_(lifecycle|package|command|execpath|node_execpath|config_(_jsr|verify_deps|npm_globalconfig))/i.test(
      key,
    )
  )
    delete env[key];
}

function manifests() {
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
  for (const group of ['packages', 'apps']) {
    const folder = join(root, group);
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder).sort()) files.push(`${group}/${name}/package.json`);
  }
  files.push('vectors/package.json', 'bench/package.json');
  return files.filter((file) => existsSync(join(root, file)));
}

function fingerprint() {
  const hash = createHash('sha256');
  hash.update(`${process.platform}-${process.arch}-${process.versions.modules}\0`);
  for (const file of manifests())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

function setUp() {
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const pnpm = packageManager.split('+')[0];
  console.error(`setting up with ${pnpm} (first run, or the dependencies changed)`);
  rmSync(stamp, { force: true });
  const done = spawnSync('npx', ['--yes', pnpm, 'install', '--frozen-lockfile', '--reporter=append-only'], {
    cwd: root,
    env,
    shell: windows,
    stdio: ['ignore', 2, 2],
  });
  if (done.status !== 0) {
    console.error('set-up failed');
    process.exit(done.status ?? 1);
  }
  writeFileSync(stamp, wanted);
}

/** Run one command to its end. Signals reach the child; its exit code becomes ours. */
function run([command, ...args], cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit', shell: windows });
    const outlive = () => {}; // a terminal's Ctrl-C reaches the child by itself
    const forward = (signal) => child.kill(signal);
    // ... and so does a closing terminal's hang-up.
    process.on('SIGINT', outlive).on('SIGTERM', forward).on('SIGHUP', outlive);
    // npm passes SIGTERM only to the shell between it and us, so notice when that shell is gone.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch); // once: the child may take its time to save
      child.kill('SIGTERM');
    }, 500);
    const end = (code) => {
      clearInterval(watch);
      process.off('SIGINT', outlive).off('SIGTERM', forward).off('SIGHUP', outlive);
      resolve(code);
    };
    child.on('error', (error) => {
      console.error(String(error));
      end(127);
    });
    child.on('exit', (code, signal) => end(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

const [name = 'setup', ...rest] = process.argv.slice(2);
const steps = name in programs ? [programs[name]] : tools[name];
if (!steps) {
  const known = [programs, tools].flatMap(Object.keys).join(', ');
  console.error(`unknown command '${name}'; there are: ${known}`);
  process.exit(2);
}
setUp();
// Paths given to a program of ours mean the folder in which the command was typed; tools work in the root.
const cwd = name in programs ? typedIn : root;
for (const [index, step] of steps.entries()) {
  const code = await run(index === steps.length - 1 ? [...step, ...rest] : step, cwd);
  if (code !== 0) process.exit(code);
}
