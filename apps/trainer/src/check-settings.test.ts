import { expect, test } from 'vitest';
import { checkSettings } from './check-settings.ts';
import { trainOptions } from './options.ts';
import { checkConfig } from './run/check-config.ts';
import { settingsOf } from './settings-of.ts';
import { teacherDigest } from './start-files.ts';

const settings = (changes: object, digest?: string) => settingsOf(checkConfig(changes, trainOptions), digest);
const taught = settings({ teacher: '/a/model.safetensors' }, '01');

test('a teacher is the same by its content, wherever its file is', () => {
  expect(taught.teacher).toEqual({ file: 'model.safetensors', sha256: '01' });
  expect(() => checkSettings('f', taught, settings({ teacher: '/b/other.safetensors' }, '01'))).not.toThrow();
  expect(() => checkSettings('f', taught, settings({ teacher: '/a/model.safetensors' }, '02'))).toThrow(
    'at work with teacher model.safetensors (SHA-256 01), what its config.json names now is model.safetensors (SHA-256 02)',
  );
  expect(() => checkSettings('f', taught, settings({}))).toThrow(/names now is nothing/);
  expect(() => checkSettings('f', settings({}), taught)).toThrow(/at work with teacher nothing/);
});

test('a checkpoint from before digests were kept has the name alone; one without a teacher is as it was', () => {
  const before = { ...taught, teacher: 'model.safetensors' };
  expect(() => checkSettings('f', before, taught)).not.toThrow();
  expect(() => checkSettings('f', before, settings({ teacher: 'x.safetensors' }, '01'))).toThrow(
    /at work with teacher "model\.safetensors"/,
  );
  expect(() => checkSettings('f', settings({}), settings({}))).not.toThrow();
  const { teacherWeight: _, ...older } = settings({});
  expect(() => checkSettings('f', older, settings({}))).not.toThrow();
});

test('the file of a teacher without weight is not looked at', async () => {
  const config = checkConfig({ teacher: '/nowhere', teacherWeight: 0 }, trainOptions);
  expect(await teacherDigest(config)).toBeUndefined();
  expect(settingsOf(config).teacher).toBe('nowhere');
  await expect(teacherDigest({ ...config, teacherWeight: 1 })).rejects.toThrow('--teacher /nowhere');
});
