import { expect, test } from 'vitest';
import { checkInteger, checkNumber, checkOneOf } from './check.ts';
import { SparnetError, isSparnetError } from './sparnet-error.ts';

test('an error is recognised by its brand and code', () => {
  const error = new SparnetError('bad-image', 'face.png: truncated', { cause: new Error('inner') });
  expect(isSparnetError(error)).toBe(true);
  expect(isSparnetError(error, 'bad-image')).toBe(true);
  expect(isSparnetError(error, 'bad-file')).toBe(false);
  expect(isSparnetError(new Error('plain'))).toBe(false);
  expect(isSparnetError(null)).toBe(false);
  expect((error.cause as Error).message).toBe('inner');
});

test('every check words its refusal alike', () => {
  expect(checkInteger('quality', 5, 1, 100)).toBe(5);
  expect(() => checkInteger('quality', 0, 1, 100)).toThrow(
    'expected integer between 1 and 100 for quality, got 0',
  );
  expect(() => checkInteger('steps', 1.5)).toThrow('expected integer of at least 0 for steps, got 1.5');
  expect(() => checkNumber('lr', Number.NaN)).toThrow('expected number (finite) for lr, got NaN');
  expect(() => checkNumber('lr', 3, 0, 1)).toThrow('expected number between 0 and 1 for lr, got 3');
  expect(checkOneOf('scale', 'up', ['up', 'down'])).toBe('up');
  expect(() => checkOneOf('scale', 'left', ['up', 'down'])).toThrow(
    'expected one of up, down for scale, got "left"',
  );
});
