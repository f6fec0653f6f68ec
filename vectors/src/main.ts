// `npm run vectors`: hold the packages against reference numbers, on every engine present.
import { engineNames, useEngine } from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import type { Finding } from './compare.ts';
import { findJobs } from './suite.ts';

const help = `npm run vectors [-- FOLDER...]

Runs every case of reference numbers on every engine present, prints a line each and 'N passed, N failed'.
FOLDER      only these folders
SPARNET_VECTORS=DIR   the numbers in another folder of the same form (default: those of the project)
SPARNET_NATIVE=DIR    where native TensorFlow is installed (see 'trainer doctor')
`;

const wanted = process.argv.slice(2);
if (wanted.includes('--help') || wanted.includes('-h')) {
  process.stdout.write(help);
  process.exit(0);
}
tf.env().set('IS_TEST', true); // without it the cpu engine advertises another one
const own = fileURLToPath(new URL('..', import.meta.url));
const root = resolve(process.env['INIT_CWD'] ?? '.', process.env['SPARNET_VECTORS'] ?? own);
const jobs = findJobs(root).filter(
  ({ name }) => wanted.length === 0 || wanted.includes(name.split('/')[0] ?? ''),
);
let passed = 0;
let failed = 0;

function report(state: string, name: string, engine: string, detail: string): void {
  console.log([state.padEnd(7), name.padEnd(52), engine.padEnd(7), detail].join(' ').trimEnd());
}

async function check(name: string, engine: string, run: () => Finding[] | Promise<Finding[]>): Promise<void> {
  try {
    for (const finding of await run()) {
      const good = finding.error <= finding.tolerance;
      if (good) passed += 1;
      else failed += 1;
      const numbers = `${finding.error.toExponential(2)} ${finding.tolerance}`;
      report(good ? 'ok' : 'FAIL', `${name} ${finding.name}`, engine, numbers);
    }
  } catch (error) {
    failed += 1;
    report('FAIL', name, engine, error instanceof Error ? error.message : String(error));
  }
}

for (const job of jobs) {
  if (job.kind === 'check' && job.suite.once) {
    const { once } = job.suite;
    await check(job.name, '-', () => once(job.reference));
  }
  if (job.kind === 'not yet') report('not yet', job.name, '-', '');
  if (job.kind === 'unknown') {
    failed += 1;
    report('FAIL', job.name, '-', 'no suite knows this folder');
  }
}
for (const name of engineNames.toReversed()) {
  const engine = await useEngine(name).catch(() => undefined);
  if (!engine) {
    report('absent', `engine ${name}`, name, '');
    continue;
  }
  for (const job of jobs) {
    if (job.kind !== 'check' || !job.suite.onEngine) continue;
    const { onEngine } = job.suite;
    await check(job.name, name, () => onEngine(job.reference));
  }
  engine.dispose();
}
if (jobs.length === 0) {
  failed += 1;
  report('FAIL', root, '-', 'no folder of reference numbers there');
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
