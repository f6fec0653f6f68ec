import { SparnetError, invalid } from '@sparnet/core';
import { elementCount, isArrayOf, isDType } from './layout.ts';
import type { StateDict } from './tensor-data.ts';

const loneSurrogate = /\p{Surrogate}/u;

/**
 * Checks that tensors can be written: known element types, typed arrays that go with them, shapes that fit.
 *
 * @throws SparnetError `bad-argument` that names the tensor.
 */
export function checkStateDict(tensors: StateDict): void {
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    const label = JSON.stringify(name);
    checkText(`tensor name ${label}`, name);
    if (!isDType(dtype)) throw invalid(`the dtype of tensor ${label}`, 'an element type such as F32', dtype);
    if (!isArrayOf(dtype, data)) {
      throw invalid(`the data of tensor ${label}`, `the typed array of ${dtype}`, data);
    }
    if (elementCount(shape) !== data.length) {
      throw invalid(`the shape of tensor ${label}`, `sizes of ${data.length} elements`, shape);
    }
  }
}

/**
 * Checks that a text has a UTF-8 form.
 *
 * @throws SparnetError `bad-argument` for half of a surrogate pair.
 */
export function checkText(what: string, text: string): void {
  if (loneSurrogate.test(text)) {
    throw new SparnetError('bad-argument', `${what} has a lone surrogate, which UTF-8 cannot express`);
  }
}
