import { expect, test, vi } from 'vitest';
import { optionalWasm } from './optional-wasm.ts';

// (module (func (export "answer") (result i32) (i32.const 42)))
const answer = btoa(
  '\0asm\x01\0\0\0\x01\x05\x01\x60\0\x01\x7f\x03\x02\x01\0\x07\x0a\x01\x06answer\0\0\x0a\x06\x01\x04\0\x41\x2a\x0b',
);

test('a module is loaded once, and left out where the plain code shall compute', () => {
  const { code, without } = optionalWasm<{ answer(): number }>(answer);
  expect(code()?.answer()).toBe(42);
  expect(code()).toBe(code());
  expect(without(code)).toBeUndefined();
  expect(() =>
    without(() => {
      throw new Error('stop');
    }),
  ).toThrow('stop');
  expect(code()?.answer()).toBe(42);
});

test('what cannot be loaded is not there, and is not tried again', () => {
  const { code } = optionalWasm(btoa('no module'));
  const compile = vi.spyOn(WebAssembly, 'Module');
  expect([code(), code()]).toEqual([undefined, undefined]);
  expect(compile).toHaveBeenCalledTimes(1);
  compile.mockRestore();
});
