import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLedger, phases } from './ledger.ts';

/** A clock that stands still until it is told to go on. */
function handClock(): { now(): number; pass(ms: number): void } {
  let moment = 0;
  return { now: () => moment, pass: (ms) => void (moment += ms) };
}

test('time goes to the innermost work, of the layer and phase it is in', () => {
  const clock = handClock();
  const ledger = createLedger(clock.now);
  clock.pass(100);
  ledger.start();
  clock.pass(1);
  ledger.enterPhase('forward');
  ledger.enterLayer(['encoder.1', 'encoder.1.conv1']);
  ledger.frame('operation', 'SparnetConv2d', () => {
    clock.pass(2);
    ledger.frame('kernel', 'Conv2D', () => {
      expect(ledger.working).toEqual(['SparnetConv2d', 'Conv2D']);
      clock.pass(4);
    });
    clock.pass(8);
    ledger.frame('kernel', 'Conv2D', () => clock.pass(16));
  });
  ledger.enterLayer([]);
  clock.pass(32);
  const conv = { phase: 'forward', layer: ['encoder.1', 'encoder.1.conv1'], operation: 'SparnetConv2d' };
  const entries = ledger.stop().filter(({ milliseconds }) => milliseconds > 0);
  expect(entries.toSorted((a, b) => a.milliseconds - b.milliseconds)).toEqual([
    { phase: 'copies', layer: [], kind: 'javascript', name: '', operation: '', calls: 0, milliseconds: 1 },
    { ...conv, kind: 'operation', name: 'SparnetConv2d', calls: 1, milliseconds: 10 },
    { ...conv, kind: 'kernel', name: 'Conv2D', calls: 2, milliseconds: 20 },
    { phase: 'forward', layer: [], kind: 'javascript', name: '', operation: '', calls: 0, milliseconds: 32 },
  ]);
});

test('work that throws is charged too, and is over', () => {
  const clock = handClock();
  const ledger = createLedger(clock.now);
  ledger.start();
  const failing = (): void =>
    ledger.frame('kernel', 'Add', () => {
      clock.pass(3);
      throw new Error('no room');
    });
  expect(failing).toThrow('no room');
  expect(ledger.working).toEqual([]);
  expect(ledger.stop().find(({ name }) => name === 'Add')?.milliseconds).toBe(3);
});

test('what was charged stays as it is when time goes on', () => {
  const clock = handClock();
  const ledger = createLedger(clock.now);
  ledger.start();
  clock.pass(1);
  const entries = ledger.stop();
  clock.pass(2);
  ledger.enterPhase('forward');
  expect(entries.map(({ milliseconds }) => milliseconds)).toEqual([1]);
});

test('reading the clock is charged to nothing', () => {
  let moment = 0;
  const slowClock = (): number => (moment += 5);
  const ledger = createLedger(slowClock);
  ledger.start();
  ledger.frame('kernel', 'Add', () => (moment += 1));
  const entries = ledger.stop();
  expect(entries.find(({ name }) => name === 'Add')?.milliseconds).toBe(1);
  expect(entries.reduce((sum, { milliseconds }) => sum + milliseconds, 0)).toBe(1);
});

const move = fc.record({
  ms: fc.nat(9),
  phase: fc.constantFrom(...phases),
  layer: fc.constantFrom([], ['a'], ['a', 'a.b']),
  kernel: fc.constantFrom('Add', 'Conv2D'),
});

test('whatever happens, entries add up to the time that passed', () => {
  fc.assert(
    fc.property(fc.array(move), (moves) => {
      const clock = handClock();
      const ledger = createLedger(clock.now);
      ledger.start();
      const go = ([first, ...others]: typeof moves): void => {
        if (!first) return;
        ledger.enterPhase(first.phase);
        clock.pass(first.ms);
        ledger.frame('kernel', first.kernel, () => go(others));
        ledger.enterLayer(first.layer);
        clock.pass(1);
      };
      go(moves);
      const total = ledger.stop().reduce((sum, { milliseconds }) => sum + milliseconds, 0);
      expect(total).toBe(clock.now());
    }),
  );
});
