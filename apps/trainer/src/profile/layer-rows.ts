import type { LayerShape } from '@sparnet/layers';
import type { Entry } from './ledger.ts';
import type { KeptTensor } from './watch-memory.ts';

/** A layer, with all layers inside it. */
export interface LayerRow {
  /** Prefix of its state-dict keys; `network` is what the network does between its layers, `loss` the pixel loss. */
  name: string;
  /** 1 for the parts of the network, 2 for their parts, ... */
  depth: number;
  forwardMs: number;
  backwardMs: number;
  /** A part of the step, between 0 and 1. */
  share: number;
  /** Of its convolutions in a forward pass, for one image. */
  multiplyAdds: number;
  /** Twice the multiply-adds of forward and backward pass (three times those of the forward pass) by their time. */
  gflops: number;
  /** What it keeps for the backward pass and no layer before it does; variables are not counted. */
  keptBytes: number;
}

interface Node {
  name: string;
  children: Map<string, Node>;
  forwardMs: number;
  backwardMs: number;
  keptBytes: number;
}

/**
 * Where forward and backward pass of a step went, layer by layer, each followed by the layers inside it. Rows of depth 1
 * add up to both passes.
 *
 * @param shapes - The layers of the network's summary.
 * @param images - How many the step was about.
 */
export function layerRows(
  entries: readonly Entry[],
  { shapes, kept, images }: { shapes: readonly LayerShape[]; kept: readonly KeptTensor[]; images: number },
): LayerRow[] {
  const root = newNode('');
  for (const { phase, layer, milliseconds } of entries) {
    if (phase !== 'forward' && phase !== 'backward') continue;
    for (const node of nodesAlong(root, layer)) node[`${phase}Ms`] += milliseconds;
  }
  for (const { layer, bytes } of kept) for (const node of nodesAlong(root, layer)) node.keptBytes += bytes;
  const stepMs = entries.reduce((sum, { milliseconds }) => sum + milliseconds, 0);

  function rowsOf({ children }: Node, depth: number): LayerRow[] {
    return [...children.values()].flatMap((node) => {
      const { name, forwardMs, backwardMs, keptBytes } = node;
      const ms = forwardMs + backwardMs;
      const multiplyAdds = multiplyAddsOf(name, shapes);
      const gflops = (2 * 3 * multiplyAdds * images) / ms / 1e6;
      const row = { name, depth, forwardMs, backwardMs, share: ms / stepMs, multiplyAdds, gflops, keptBytes };
      return [row, ...rowsOf(node, depth + 1)];
    });
  }
  return rowsOf(root, 1);
}

function newNode(name: string): Node {
  return { name, children: new Map(), forwardMs: 0, backwardMs: 0, keptBytes: 0 };
}

/** The nodes from the part of the network to the layer itself, made where they are not there. */
function nodesAlong(root: Node, layer: readonly string[]): Node[] {
  const path = layer.length === 0 ? ['network'] : layer;
  let parent = root;
  return path.map((name) => {
    const node = parent.children.get(name) ?? newNode(name);
    parent.children.set(name, node);
    parent = node;
    return node;
  });
}

function multiplyAddsOf(name: string, shapes: readonly LayerShape[]): number {
  return shapes
    .filter((shape) => shape.name === name || shape.name.startsWith(`${name}.`))
    .reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
}
