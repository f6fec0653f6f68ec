import type { Entry, FrameKind } from './ledger.ts';

/** A kernel of the engine, or what is not a kernel, in parentheses. */
export interface KernelRow {
  name: string;
  calls: number;
  forwardMs: number;
  backwardMs: number;
  /** With copies and optimiser. */
  totalMs: number;
  /** A part of the step, between 0 and 1. */
  share: number;
  /** The operation that it worked for the longest, without the prefix `Sparnet`; empty when for none. */
  mostlyFor: string;
}

/** An operation of `@sparnet/engine`, forward or backward. */
export interface OperationRow {
  name: string;
  calls: number;
  /** With the kernels that it calls. */
  totalMs: number;
  /** Without them. */
  ownMs: number;
  share: number;
}

/** What takes a step's time besides kernels. */
export const besidesKernels = {
  operations: "(our operations' own code)",
  javascript: '(JavaScript around)',
  optimiser: '(optimiser)',
} as const;

/** The kind of an engine's kernels: those of native TensorFlow are calls into its library. */
export type KernelKind = Exclude<FrameKind, 'operation'>;

/** Where a step went, kernel by kernel, longest first. The rows add up to the step. */
export function kernelRows(entries: readonly Entry[], kernelKind: KernelKind): KernelRow[] {
  const stepMs = sumOf(entries);
  return groups(entries, (entry) => nameOf(entry, kernelKind)).map(([name, own]) => ({
    name,
    // Of what is not a kernel, entries count how often it was entered, which says nothing.
    calls: own.reduce((sum, entry) => sum + (entry.kind === kernelKind ? entry.calls : 0), 0),
    forwardMs: sumOf(own.filter(({ phase }) => phase === 'forward')),
    backwardMs: sumOf(own.filter(({ phase }) => phase === 'backward')),
    totalMs: sumOf(own),
    share: sumOf(own) / stepMs,
    mostlyFor: groups(own, ({ operation }) => shortName(operation))[0]?.[0] ?? '',
  }));
}

/** Where a step's operations went, longest first. */
export function operationRows(entries: readonly Entry[]): OperationRow[] {
  const stepMs = sumOf(entries);
  const working = entries.filter(({ operation }) => operation !== '');
  return groups(working, ({ operation }) => operation).map(([name, all]) => {
    const own = all.filter(({ kind }) => kind === 'operation');
    return {
      name,
      calls: own.reduce((sum, { calls }) => sum + calls, 0),
      totalMs: sumOf(all),
      ownMs: sumOf(own),
      share: sumOf(all) / stepMs,
    };
  });
}

export function sumOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}

function nameOf({ phase, kind, name }: Entry, kernelKind: KernelKind): string {
  if (phase === 'optimiser') return besidesKernels.optimiser;
  if (kind === kernelKind) return name;
  return kind === 'operation' ? besidesKernels.operations : besidesKernels.javascript;
}

function shortName(operation: string): string {
  return operation.replace(/^Sparnet/, '').replace(/ backward$/, '');
}

/** The entries of each name, the names that took longest first. */
function groups(entries: readonly Entry[], name: (entry: Entry) => string): [string, Entry[]][] {
  const found = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = name(entry);
    found.set(key, [...(found.get(key) ?? []), entry]);
  }
  return [...found].toSorted(([, a], [, b]) => sumOf(b) - sumOf(a));
}
