// `npm run vectors`: hold the packages against reference numbers, on every engine present.
import { isSparnetError } from '@sparnet/core';
import { engineNames, useEngine, type EngineName } from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isWithin, type Finding } from './compare.ts';
import { isQuick, withoutOptimiser } from './quick-part.ts';
import { findJobs } from './suite.ts';

const help = `npm run vectors [-- FOLDER...]

Runs every case of reference numbers on every engine present, prints a line each and 'N passed, N failed'.
FOLDER      only these folders
SPARNET_VECTORS=DIR   the numbers in another folder of the same form (default: those of the project)
SPARNET_NATIVE=DIR    where native TensorFlow is installed (see 'trainer doctor')
SPARNET_WEBGPU=DIR    where WebGPU for Node is installed: run on it too, but only the small networks and the
                      operations, and no optimiser's steps: on a software adapter that takes five minutes
`;

const wanted = process.argv.slice(2);
if (wanted.includes('--help') || wanted.includes('-h')) {
  process.stdout.write(help);
  process.exit(0);
}
tf.env().set('IS_TEST', true); // without it the cpu engine advertises another one
const own = fileURLToPath(new URL('..', import.meta.url));
const root = resolve(process.env['INIT_CWD'] ?? '.', process.env['SPARNET_VECTORS'] ?? own);
const jobs = (existsSync(root) ? findJobs(root) : []).filter(
  ({ name }) => wanted.length === 0 || wanted.includes(name.split('/')[0] ?? ''),
);
let passed = 0;
let failed = 0;

function report(state: string, name: string, engine: string, detail: string): void {
  console.log([state.padEnd(7), name.padEnd(52), engine.padEnd(7), detail].join(' ').trimEnd());
}

async function check(name: string, engine: string, run: () => Finding[] | Promise<Finding[]>): Promise<void> {
  try {
    const findings = await run();
    if (findings.length === 0) throw new Error('nothing was compared');
    for (const finding of findings) {
      const good = isWithin(finding);
      if (good) passed += 1;
      else failed += 1;
      const numbers = `${finding.error.toExponential(2)} ${finding.tolerance}`;
      report(good ? 'ok' : 'FAIL', `${name} ${finding.name}`, engine, numbers);
    }
  } catch (error) {
    fail(name, engine, error instanceof Error ? error.message : String(error));
  }
}

function fail(name: string, engine: string, reason: string): void {
  failed += 1;
  report('FAIL', name, engine, reason);
}

/** The engine, or undefined when it is not installed; one that is and does not work is a failure. */
async function open(name: EngineName) {
  try {
    return await useEngine(name);
  } catch (error) {
    const { message, cause } = error as Error;
    if (isSparnetError(cause, 'missing-package')) report('absent', `engine ${name}`, name, message);
    else fail(`engine ${name}`, name, message);
    return undefined;
  }
}

for (const job of jobs) {
  if (job.kind === 'check' && job.suite.once) {
    const { once } = job.suite;
    await check(job.name, '-', () => once(job.reference));
  }
  if (job.kind === 'unknown') fail(job.name, '-', 'no suite knows this folder');
}
for (const name of engineNames.toReversed()) {
  if (name === 'webgpu' && !process.env['SPARNET_WEBGPU']) continue;
  const engine = await open(name);
  if (!engine) continue;
  for (const job of jobs) {
    if (job.kind !== 'check' || !job.suite.onEngine) continue;
    const { onEngine } = job.suite;
    if (name === 'webgpu' && !isQuick(job.name)) continue;
    const reference = name === 'webgpu' ? withoutOptimiser(job.reference) : job.reference;
    await check(job.name, name, () => onEngine(reference));
  }
  engine.dispose();
}
for (const job of jobs) {
  const unread = job.kind === 'check' ? job.reference.unread() : [];
  for (const file of unread) fail(`${job.name} ${file}`, '-', 'not compared, or not there');
}
for (const name of wanted) {
  if (!jobs.some((job) => job.name.split('/')[0] === name))
    fail(name, '-', 'no such folder of reference numbers');
}
if (jobs.length === 0 && wanted.length === 0) {
  const reason = existsSync(root)
    ? 'no folder of reference numbers there'
    : 'no such folder (SPARNET_VECTORS)';
  fail(root, '-', reason);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
