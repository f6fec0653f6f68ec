export { checkInteger, checkNumber, checkOneOf, invalid } from './check.ts';
export { naturalLog } from './natural-log.ts';
export { philox, type Words } from './philox.ts';
export { randomStream, shuffledIndices, type RandomAddress, type RandomStream } from './random.ts';
export { SparnetError, isSparnetError, type ErrorCode } from './sparnet-error.ts';
export { optionalWasm, type OptionalWasm } from './optional-wasm.ts';
