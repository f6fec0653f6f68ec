/** The parts of a step. `copies`: images and weights to the engine, gradients and statistics back. */
export const phases = ['copies', 'forward', 'backward', 'optimiser'] as const;
export type Phase = (typeof phases)[number];

/**
 * What is at work: an operation of `@sparnet/engine` (its own code, the kernels it calls not included), a kernel of
 * tfjs, or a call into TensorFlow's library, which the kernels of the native engine make.
 */
export type FrameKind = 'operation' | 'kernel' | 'library';

/** The time that went to one kind of work at one place. */
export interface Entry {
  phase: Phase;
  /** The names of the layers from the outermost to the innermost; empty for the network's own work. */
  layer: readonly string[];
  kind: FrameKind | 'javascript';
  /** Of the operation, kernel or call; empty for JavaScript around them. */
  name: string;
  /** The operation that it works for, if it does for one. */
  operation: string;
  calls: number;
  milliseconds: number;
}

/** Charges every moment of a step to exactly one entry, so that entries add up to the step. */
export interface Ledger {
  /** Forget everything; from now on time counts, as `copies`. */
  start(): void;
  /** Stop, with what was charged since the start. */
  stop(): Entry[];
  readonly phase: Phase;
  enterPhase(phase: Phase): void;
  readonly layer: readonly string[];
  enterLayer(layer: readonly string[]): void;
  /** The names of what is at work, from the outermost to the innermost. */
  readonly working: readonly string[];
  /** Run `work` under this name; what it runs under other names is not charged to it. */
  frame<Result>(kind: FrameKind, name: string, work: () => Result): Result;
}

interface Frame {
  kind: FrameKind;
  name: string;
  operation: string;
}

/**
 * @param now - A clock, in milliseconds. What reading it takes is not charged to anything.
 */
export function createLedger(now: () => number = () => performance.now()): Ledger {
  const cost = costOf(now);
  let entries = new Map<string, Entry>();
  let frames: Frame[] = [];
  let phase: Phase = 'copies';
  let layer: readonly string[] = [];
  let since = now();

  function current(): Entry {
    const { kind, name, operation } = frames.at(-1) ?? { kind: 'javascript', name: '', operation: '' };
    const key = [phase, kind, name, operation, ...layer].join('\n');
    let entry = entries.get(key);
    if (!entry) {
      entry = { phase, layer, kind, name, operation, calls: 0, milliseconds: 0 };
      entries.set(key, entry);
    }
    return entry;
  }

  /** What passed since the last change belongs to where we still are. */
  function charge(): void {
    const moment = now();
    current().milliseconds += Math.max(0, moment - since - cost);
    since = moment;
  }

  return {
    start() {
      entries = new Map();
      frames = [];
      phase = 'copies';
      layer = [];
      since = now();
    },
    stop() {
      charge();
      const charged = [...entries.values()];
      entries = new Map();
      return charged;
    },
    get phase() {
      return phase;
    },
    enterPhase(next) {
      charge();
      phase = next;
    },
    get layer() {
      return layer;
    },
    enterLayer(next) {
      charge();
      layer = next;
    },
    get working() {
      return frames.map(({ name }) => name);
    },
    frame(kind, name, work) {
      charge();
      frames.push({ kind, name, operation: kind === 'operation' ? name : (frames.at(-1)?.operation ?? '') });
      current().calls += 1;
      try {
        return work();
      } finally {
        charge();
        frames.pop();
      }
    },
  };
}

/** What one reading of a clock takes, by itself. */
function costOf(now: () => number): number {
  const readings = 2000;
  const began = now();
  for (let count = 1; count < readings; count++) now();
  return (now() - began) / readings;
}
