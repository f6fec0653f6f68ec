import { expect, test } from 'vitest';
import { stateDictOf, type PthValue, type TensorData } from './index.ts';

const tensor = (value: number): TensorData => ({ dtype: 'F32', shape: [1], data: Float32Array.of(value) });
const one = { w: tensor(1) };
const two = { w: tensor(2) };

test.each<[string, PthValue]>([
  ['itself', one],
  ['under state_dict', { epoch: 3, state_dict: one }],
  ['under params', { params: one }],
  ['averaged before raw', { params: two, params_ema: one }],
  ['under model', { model: one, optimizer: { state: {}, lr: 1 } }],
  ['under model_state_dict', { model: 'sparnet', model_state_dict: one }],
  ['with the prefix of DataParallel', { state_dict: { 'module.w': tensor(1) } }],
])('the state dict is found %s', (_, value) => {
  expect(stateDictOf(value)['w']?.data).toEqual(Float32Array.of(1));
});

test('a prefix that not every name has stays', () => {
  expect(Object.keys(stateDictOf({ 'module.a': tensor(1), b: tensor(2) }))).toEqual(['module.a', 'b']);
  expect(Object.keys(stateDictOf({ 'module.module.a': tensor(1) }))).toEqual(['module.a']);
});

test.each<[string, PthValue, string]>([
  ['a record without tensors', { epoch: 3, note: 'x' }, 'a dict with the keys epoch, note'],
  ['a list', [one], 'no dict'],
  ['a tensor', tensor(1), 'no dict'],
  ['nothing', null, 'no dict'],
])('%s holds no state dict', (_, value, message) => {
  expect(() => stateDictOf(value, { name: 'x.pth' })).toThrow(
    expect.objectContaining({
      code: 'bad-file',
      message: expect.stringContaining(`x.pth: found no state dict, but ${message}`) as string,
    }) as Error,
  );
});
