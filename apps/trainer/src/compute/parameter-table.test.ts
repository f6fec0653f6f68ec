import { createSparnet } from '@sparnet/models';
import { isSparnetError } from '@sparnet/core';
import { useEngine } from '@sparnet/engine';
import { formatSafetensors, parseSafetensors } from '@sparnet/weights';
import { beforeAll, expect, test } from 'vitest';
import { networkConfig } from '../network-config.ts';
import { tinyNetwork } from '../run-fixture.ts';
import {
  fromStateDict,
  momentsToStateDict,
  tableOf,
  toStateDict,
  type ParameterTable,
} from './parameter-table.ts';

let table: ParameterTable;
let values: Float32Array;
beforeAll(async () => {
  await useEngine('cpu');
  const model = createSparnet(networkConfig({ preset: 'sparnet-v16', network: tinyNetwork, scale: 8 }), {
    seed: 1,
  });
  table = tableOf(model.slots());
  values = new Float32Array(table.total);
  const variables = new Map(model.slots().map(({ name, variable }) => [name, variable]));
  for (const { name, start } of table.entries)
    values.set(variables.get(name)?.dataSync() as Float32Array, start);
  expect(await model.stateDict()).toEqual(toStateDict(table, values));
  model.dispose();
});

test('every value has one place, trained ones first', () => {
  let next = 0;
  for (const { start, size, kind } of table.entries) {
    expect(start).toBe(next);
    next += size;
    expect(next <= table.parameters).toBe(kind === 'parameter');
  }
  expect(next).toBe(table.total);
});

test('values and moments come back from a file with the same bits', () => {
  const numbers = Float32Array.from(values, (_, index) => Math.fround(Math.sin(index)));
  for (const { dtype, start } of table.entries) if (dtype === 'I64') numbers[start] = 12;
  const bytes = formatSafetensors(toStateDict(table, numbers));
  const back = new Float32Array(table.total);
  fromStateDict(table, parseSafetensors(bytes).tensors, back);
  expect(back).toEqual(numbers);

  const moment = numbers.slice(0, table.parameters);
  const state = momentsToStateDict(table, moment, '.exp_avg');
  expect(Object.keys(state)).toContain('encoder.0.conv2d.weight.exp_avg');
  const momentBack = new Float32Array(table.parameters);
  fromStateDict(table, parseSafetensors(formatSafetensors(state)).tensors, momentBack, '.exp_avg');
  expect(momentBack).toEqual(moment);
});

test('a tensor that is missing or of another shape is named', () => {
  const key = 'out_conv.conv2d.weight';
  const { [key]: weight, ...others } = toStateDict(table, values);
  expect(messageOf(() => fromStateDict(table, others, values))).toMatch(/^out_conv.conv2d.weight is missing/);
  const turned = { ...weight, shape: weight?.shape.toReversed() } as never;
  expect(messageOf(() => fromStateDict(table, { ...others, [key]: turned }, values))).toMatch(
    /^out_conv.conv2d.weight has shape \[3, 3, 4, 3\], the network needs \[3, 4, 3, 3\]/,
  );
});

function messageOf(run: () => void): string {
  try {
    run();
  } catch (error) {
    if (isSparnetError(error, 'bad-state')) return error.message;
    throw error;
  }
  return 'no error';
}
