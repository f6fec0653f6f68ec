import { isSparnetError } from '@sparnet/core';
import { createSparnet } from '@sparnet/models';
import { parsePth, stateDictOf, type PthValue, type StateDict } from '@sparnet/weights';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configOf, type ReferenceArchitecture } from './architecture.ts';
import { largestError, type Finding } from './compare.ts';
import { pick, type Reference } from './reference.ts';
import { forward } from './sparnet-network.ts';
import { tensorOf } from './tensors.ts';

interface Json {
  config: { arch: ReferenceArchitecture };
  readable: Record<string, { expect?: string; values?: Record<string, unknown> }>;
  must_be_refused: Record<string, string>;
  forward: { tolerance: { tol: number } };
}

/** Every readable checkpoint gives the expected tensors to the bit; every bad one is refused with an error of ours. */
export async function checkPthFormats(reference: Reference): Promise<Finding[]> {
  const { readable, must_be_refused: refused } = reference.json as unknown as Json;
  const findings: Finding[] = [];
  for (const [name, { expect, values }] of Object.entries(readable)) {
    const whole = parsePth(readFileSync(join(reference.folder, name)), { name });
    const sameTensors =
      !expect || equal(tensorsOf(whole, name), await reference.read(expect.replace('.safetensors', '')));
    const sameValues = Object.entries(values ?? {}).every(
      ([key, value]) => JSON.stringify((whole as Record<string, PthValue>)[key]) === JSON.stringify(value),
    );
    findings.push({ name, error: sameTensors && sameValues ? 0 : Infinity, tolerance: 0 });
  }
  for (const name of Object.keys(refused)) {
    findings.push({
      name,
      error: isRefused(join(reference.folder, name), name) ? 0 : Infinity,
      tolerance: 0,
    });
  }
  return findings;
}

/** The network with the expected weights computes what PyTorch computed. */
export async function checkPthForward(reference: Reference): Promise<Finding[]> {
  const { config, forward: expected } = reference.json as unknown as Json;
  const state = await reference.read('forward');
  const model = createSparnet(configOf(config.arch));
  model.loadStateDict(await reference.read('expected'));
  const input = tensorOf(pick(state, 'input'));
  const { output = [] } = forward(model, input, '');
  input.dispose();
  model.dispose();
  const error = largestError({ output }, { output: pick(state, 'output') });
  return [{ name: 'forward', error, tolerance: expected.tolerance.tol }];
}

/** A state dict, or an optimiser's moments under `<parameter>.<moment>`. */
function tensorsOf(whole: PthValue, name: string): StateDict {
  const states = Array.isArray(whole) ? (whole as Record<string, PthValue>[])[0]?.['state'] : undefined;
  if (!states) return stateDictOf(whole, { name });
  const entries = Object.entries(states as Record<string, StateDict>).flatMap(([index, moments]) =>
    Object.entries(moments).map(([key, tensor]) => [`${index}.${key}`, tensor] as const),
  );
  return Object.fromEntries(entries);
}

function equal(found: StateDict, expected: StateDict): boolean {
  const names = Object.keys(expected);
  return (
    Object.keys(found).length === names.length &&
    names.every((name) => {
      const [a, b] = [found[name], expected[name]];
      return (
        a &&
        b &&
        a.dtype === b.dtype &&
        a.shape.join() === b.shape.join() &&
        bytesOf(a.data).equals(bytesOf(b.data))
      );
    })
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

function isRefused(file: string, name: string): boolean {
  try {
    stateDictOf(parsePth(readFileSync(file), { name }), { name });
    return false;
  } catch (error) {
    return isSparnetError(error);
  }
}
