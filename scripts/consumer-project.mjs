// The packed packages, and empty projects that install them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const windows = process.platform === 'win32';

/** Packs every package that is published. The result maps a package's name to its manifest and its tarball. */
export function packAll(folder) {
  mkdirSync(folder);
  const packages = new Map();
  for (const name of readdirSync(join(root, 'packages'))) {
    const home = join(root, 'packages', name);
    if (!existsSync(join(home, 'package.json'))) continue;
    const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    if (manifest.private) continue;
    must(run('pnpm', ['pack', '--pack-destination', folder], home), `packing ${name}`);
    const file = readdirSync(folder).find((tarball) => tarball.startsWith(`sparnet-${name}-`));
    packages.set(manifest.name, { manifest, tarball: join(folder, file) });
  }
  return packages;
}

/** Installs packed packages, with those of ours that they depend on, and others into a new project. */
export function createProject(folder, packages, wanted, others = {}) {
  const ours = Object.fromEntries(
    closure(packages, wanted).map((name) => [name, `file:${packages.get(name).tarball}`]),
  );
  // One @sparnet package asks for another by version, which no registry has yet.
  const overrides = Object.fromEntries(Object.keys(ours).map((name) => [name, `$${name}`]));
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies: { ...ours, ...others }, overrides }),
  );
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  must(run('npm', ['install', ...quiet], folder), 'npm install');
}

function closure(packages, wanted) {
  const found = new Set(wanted);
  for (const name of found) {
    const dependencies = Object.keys(packages.get(name).manifest.dependencies ?? {});
    for (const other of dependencies) if (packages.has(other)) found.add(other);
  }
  return [...found];
}

/** The version that the workspace pins. */
export function catalogued(name) {
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const version = workspace.match(new RegExp(`^  '?${name}'?: (\\S+)$`, 'm'))?.[1];
  if (!version) throw new Error(`pnpm-workspace.yaml pins no ${name}`);
  return version;
}

/** Runs a command to its end, as somebody else would who knows nothing of the workspace. */
export function run(command, args, cwd) {
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

function must({ status, output }, what) {
  if (status !== 0) throw new Error(`${what} failed:\n${output}`);
}
