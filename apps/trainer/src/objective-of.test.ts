import { expect, test } from 'vitest';
import { objectiveOf } from './objective-of.ts';
import { trainOptions } from './options.ts';
import { checkConfig } from './run/check-config.ts';

const settings = (changes: object) => checkConfig({ pixelWeight: 0, ...changes }, trainOptions);

test('with nothing to learn from, it says whether there is a teacher', () => {
  expect(() => objectiveOf(settings({}))).toThrow(/^nothing to learn from: .* and there is no teacher;/);
  expect(() => objectiveOf(settings({ teacher: 'a', teacherWeight: 0 }))).toThrow(
    /^nothing to learn from: .* and so is that of the teacher \(teacherWeight\);/,
  );
  expect(objectiveOf(settings({ teacher: 'a' })).teacher).toEqual({ file: 'a', weight: 1 });
});
