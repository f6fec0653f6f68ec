/** Marks a `SparnetError` across copies of this package: two installed versions, a bundle. */
const brand = Symbol.for('sparnet.error');

/** What went wrong, as a stable word that a program may test. */
export type ErrorCode =
  | 'bad-argument'
  | 'bad-config'
  | 'bad-file'
  | 'bad-image'
  | 'bad-state'
  | 'diverged'
  | 'engine-unavailable'
  | 'exists'
  | 'missing-file'
  | 'missing-key'
  | 'missing-package'
  | 'no-data'
  | 'read-failed'
  | 'unsafe-file'
  | 'unsupported'
  | 'worker-died';

/**
 * The one error type of the sparnet packages. `code` is stable; `message` names the value, the file and the way out.
 * Recognise it with {@link isSparnetError} or by its `code`, not by `instanceof`, which fails across copies.
 */
export class SparnetError extends Error {
  override readonly name = 'SparnetError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * True for a `SparnetError` of any copy of this package. With `code`, only for that code. Not for one that was posted to
 * another thread, which arrives as a plain `Error`.
 */
export function isSparnetError(error: unknown, code?: ErrorCode): error is SparnetError {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false;
  return code === undefined || (error as { code?: unknown }).code === code;
}
