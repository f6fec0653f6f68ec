// The suite of `npm run vectors` on the project's own numbers, a test a folder and engine.
import { useEngine, type Engine } from '@sparnet/engine';
import '@tensorflow/tfjs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isWithin } from './compare.ts';
import { findJobs, type Job } from './suite.ts';

type Check = Extract<Job, { kind: 'check' }>;

const jobs = findJobs(fileURLToPath(new URL('..', import.meta.url)));
const checks = jobs.filter((job): job is Check => job.kind === 'check');

/** What a check found out of tolerance, in words; the check must have compared something. */
async function misses(check: Check['suite']['once'], { reference }: Check): Promise<string[]> {
  const findings = (await check?.(reference)) ?? [];
  if (findings.length === 0) return ['nothing was compared'];
  return findings
    .filter((finding) => !isWithin(finding))
    .map(({ name, error, tolerance }) => `${name}: ${error} above ${tolerance}`);
}

test('every folder is known', () => {
  expect(jobs.filter(({ kind }) => kind === 'unknown')).toEqual([]);
  expect(checks.length).toBeGreaterThan(8);
});

const once = checks.filter(({ suite }) => suite.once);
test.each(once.map((job) => [job.name, job] as const))('%s', async (_, job) => {
  expect(await misses(job.suite.once, job)).toEqual([]);
});

// Their tolerances leave room for other roundings; none is needed.
test('blurs and resizing of the degradation model equal their references to the last bit', async () => {
  const job = checks.find(({ name }) => name === 'degrade');
  const findings = (await job?.suite.once?.(job.reference)) ?? [];
  const images = findings.filter(({ name }) => /^(gaussian|average|median|motion|resize .*)$/.test(name));
  expect(images.map(({ error }) => error)).toEqual([0, 0, 0, 0, 0, 0]);
});

describe.each(['cpu', 'wasm'] as const)('on %s', (name) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await useEngine(name);
  });
  afterAll(() => engine.dispose());

  const computed = checks.filter(({ suite }) => suite.onEngine);
  test.each(computed.map((job) => [job.name, job] as const))(
    '%s',
    async (_, job) => {
      expect(await misses(job.suite.onEngine, job)).toEqual([]);
    },
    600_000,
  ); // whole networks on the cpu engine, perhaps beside other work
});

test('every file was compared', () => {
  const left = checks.flatMap(({ name, reference }) => reference.unread().map((file) => `${name} ${file}`));
  expect(left).toEqual([]);
});
