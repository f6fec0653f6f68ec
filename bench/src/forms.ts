import type { EngineName } from '@sparnet/engine';

export const tasks = ['forward', 'step'] as const;
/** The network's output, or a training step. */
export type Task = (typeof tasks)[number];

/** Who computes. `trainer` is ours on the best engine, with its loaders at work. */
export type Side = 'torch' | 'torch-bf16' | 'onnx' | 'trainer' | EngineName;

/** A way in which a side may compute a batch. */
export interface Form {
  side: Side;
  /** Processes, or workers of our training step: each takes an equal part of the batch. */
  parts: number;
  /** Threads of each. */
  threads: number;
  /**
   * Whether it is timed when nobody names it: `single` where a batch has one image, `asked` only when its side is asked
   * for, `never` when it has to be named itself.
   */
  usual: 'always' | 'single' | 'asked' | 'never';
}

/** What stands in every table, if it is here; all else is compared with its first. */
export const forms: Readonly<Record<Task, readonly Form[]>> = {
  forward: [
    form('torch', '1x2'),
    form('torch', '2x1'),
    form('torch-bf16', '1x2'),
    form('torch-bf16', '2x1'),
    form('onnx', '1x2'),
    form('onnx', '2x1', 'never'),
    form('native', '1x1', 'never'),
    form('native', '1x2'),
    form('native', '2x1'),
    form('wasm', '1x1'),
    form('wasm', '2x1', 'never'),
    form('cpu', '1x1', 'asked'),
  ],
  step: [
    form('torch', '1x2'),
    form('torch', '2x1'),
    form('torch-bf16', '1x2'),
    form('torch-bf16', '2x1'),
    form('native', '1x1', 'single'),
    form('native', '1x2'),
    form('native', '2x1'),
    form('wasm', '1x1', 'single'),
    form('wasm', '2x1'),
    form('trainer', '1x1', 'single'),
    form('trainer', '2x1'),
    form('cpu', '1x1', 'asked'),
  ],
};

/** How tables and the command line name a form: `torch:1x2` is one process with 2 threads. */
export function keyOf({ side, parts, threads }: Form): string {
  return `${side}:${parts}x${threads}`;
}

/** What PyTorch's float32 in one process with 2 threads is called. */
export const referenceKey = 'torch:1x2';

/** All keys and all sides. */
export const formKeys = [...new Set([...forms.forward, ...forms.step].map(keyOf))];
export const formNames = [...new Set([...forms.forward, ...forms.step].map(({ side }) => side))];

/**
 * The forms of a table, of those that can share the batch: the usual ones, of all sides or of those asked for, and those
 * asked for by key.
 */
export function formsFor(task: Task, batch: number, asked: readonly string[] | undefined): Form[] {
  return forms[task].filter((candidate) => {
    if (batch % candidate.parts !== 0) return false;
    const { side, usual } = candidate;
    if (asked?.includes(keyOf(candidate))) return true;
    if (asked && !asked.includes(side)) return false;
    return (
      usual === 'always' || (usual === 'single' && batch === 1) || (usual === 'asked' && asked !== undefined)
    );
  });
}

function form(side: Side, shape: '1x1' | '1x2' | '2x1', usual: Form['usual'] = 'always'): Form {
  const [parts, threads] = shape.split('x').map(Number) as [number, number];
  return { side, parts, threads, usual };
}
