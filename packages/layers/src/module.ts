import { SparnetError, checkInteger } from '@sparnet/core';
import { scope } from '@sparnet/engine';
import type { StateDict } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import type { DiskLayout } from './disk-layout.ts';
import { loadStateDict, type LoadReport } from './load-state-dict.ts';
import { readStateDict } from './read-state-dict.ts';

/** What a module asks for when it needs a variable. */
export interface VariableSpec {
  /** The full state-dict key. */
  name: string;
  /** As in memory: convolution filters are [height, width, in, out]. */
  shape: number[];
  /** False for buffers: running statistics, counters, the vectors of spectral norm. */
  trainable: boolean;
  /** Values to start from, in the order of `shape`. Computed when first read. */
  readonly initial: Float32Array;
}

/** Makes the variables of a module, so that somebody else (a tfjs-layers `Layer`) can own them. */
export type VariableFactory = (spec: VariableSpec) => tf.Variable;

/** Where a module stands in a network, and who makes its variables. */
export interface ModuleOptions {
  /**
   * Prefix of its state-dict keys, without the last dot; empty for a network. Initial values depend on it: modules of one
   * seed and name start alike, so give those that you put together different names.
   */
  name?: string;
  /** Seed of the random initial values; each variable has a stream of its own. */
  seed?: number;
  /** Default: `tf.variable`. */
  variables?: VariableFactory;
}

/** A named variable of a module. */
export interface Slot {
  /** The full state-dict key, such as `encoder.1.conv1.conv2d.weight`. */
  name: string;
  variable: tf.Variable;
  kind: 'parameter' | 'buffer';
  /** On disk. A counter (I64) is a float32 scalar in memory. */
  dtype: 'F32' | 'I64';
  layout: DiskLayout;
}

/** Called with the name of a Face Attention Unit and its map, [N,H,W,1] or [N,H,W,C]; valid during the call only. */
export type AttentionListener = (name: string, map: tf.Tensor4D) => void;

/** Height, width, channels in, channels out. */
export type FilterShape = [height: number, width: number, inChannels: number, outChannels: number];

/** What one output of a convolution is made from: height, width, channels in. */
export type PatchShape = [height: number, width: number, inChannels: number];

/** The values that a variable starts from, for a seed and the variable's full name. */
export type InitialValues = (seed: number, name: string) => Float32Array;

/** How a forward pass runs. Nothing of it is remembered. */
export interface ForwardOptions {
  /** Use the batch's statistics in batch norm, and track them; one power iteration where there is spectral norm. */
  training?: boolean;
  attention?: AttentionListener | undefined;
  /** Inside a `sweep`: keep only the inputs of a network's blocks for the backward pass, which runs them again. */
  checkpointing?: boolean;
}

/**
 * A part of a network: named variables and children in the order of PyTorch's state dict, and a forward pass.
 * Input and output are [N,H,W,C] unless a subclass says otherwise; the result belongs to the caller and may be the
 * input itself where a layer does nothing. When a constructor throws, the variables it had made are freed.
 */
export abstract class Module<Output = tf.Tensor4D> {
  /** Where it stands: the prefix of its state-dict keys. */
  readonly name: string;
  readonly #seed: number;
  readonly #variables: VariableFactory;
  readonly #members: (Slot | Module<unknown>)[] = [];
  #folded = false;

  constructor({ name = '', seed = 0, variables = ownVariable }: ModuleOptions = {}) {
    checkInteger('seed', seed);
    this.name = name;
    this.#seed = seed;
    this.#variables = variables;
  }

  abstract forward(x: tf.Tensor4D, options?: ForwardOptions): Output;

  /** Every variable of this module and its children, depth first, in PyTorch's order. */
  slots(): Slot[] {
    return this.#members.flatMap((member) => (member instanceof Module ? member.slots() : [member]));
  }

  /** The number of trained values, as papers count them: without buffers. */
  parameterCount(): number {
    return this.slots().reduce(
      (sum, { kind, variable }) => sum + (kind === 'parameter' ? variable.size : 0),
      0,
    );
  }

  /** The variables as plain arrays under their PyTorch keys and in PyTorch's layout. */
  async stateDict(): Promise<StateDict> {
    this.checkUnfolded();
    return readStateDict(this.slots());
  }

  /**
   * Set every variable from a state dict. A `module.` in front of every key is dropped; floating tensors of 16 and 64
   * bits are converted. Nothing is changed when anything is wrong.
   *
   * @param options.strict - False: keys may be missing or left over; the report names them.
   * @throws SparnetError `missing-key` when keys are missing, `bad-state` when keys are left over or a shape differs;
   *   the message counts them and lists the first of each kind.
   */
  loadStateDict(state: StateDict, { strict = true }: { strict?: boolean } = {}): LoadReport {
    this.checkUnfolded();
    return loadStateDict(this.slots(), state, { strict });
  }

  /**
   * Make every batch norm that follows a convolution part of it: the same results in inference up to rounding, faster.
   * For good: the module can no longer be trained, and its state dict neither read nor set.
   */
  foldNorms(): void {
    if (this.#folded) return;
    this.#folded = true;
    for (const member of this.#members) if (member instanceof Module) member.foldNorms();
  }

  /** True once {@link foldNorms} has been called. */
  protected get folded(): boolean {
    return this.#folded;
  }

  /** @throws SparnetError `bad-state` when norms are folded. */
  protected checkUnfolded(): void {
    if (!this.#folded) return;
    throw new SparnetError(
      'bad-state',
      `${this.name || 'the network'}: its norms are folded for inference, so that it is neither trained nor saved any ` +
        'more: load it afresh',
    );
  }

  /** Free the variables. Not to be called where somebody else does that, as tfjs-layers for its weights. */
  dispose(): void {
    for (const { variable } of this.slots()) variable.dispose();
  }

  protected child<Child extends Module<unknown>>(
    name: string,
    make: (place: Required<ModuleOptions>) => Child,
  ): Child {
    const child = this.#orDispose(() =>
      make({ name: this.#key(name), seed: this.#seed, variables: this.#variables }),
    );
    this.#members.push(child);
    return child;
  }

  protected filter(name: string, shape: FilterShape, initial: InitialValues): tf.Variable<tf.Rank.R4> {
    return this.#add(name, shape, initial, { kind: 'parameter', dtype: 'F32', layout: 'filter' });
  }

  protected vector(
    name: string,
    length: number,
    initial: InitialValues,
    kind: Slot['kind'] = 'parameter',
  ): tf.Variable<tf.Rank.R1> {
    return this.#add(name, [length], initial, { kind, dtype: 'F32', layout: 'plain' });
  }

  /** A buffer with a value for each that a filter multiplies. */
  protected patch(name: string, shape: PatchShape, initial: InitialValues): tf.Variable<tf.Rank.R3> {
    return this.#add(name, shape, initial, { kind: 'buffer', dtype: 'F32', layout: 'patch' });
  }

  /** A 64-bit integer on disk. */
  protected counter(name: string): tf.Variable<tf.Rank.R0> {
    const initial = (): Float32Array => new Float32Array(1);
    return this.#add(name, [], initial, { kind: 'buffer', dtype: 'I64', layout: 'plain' });
  }

  #add<Rank extends tf.Rank>(
    name: string,
    shape: tf.ShapeMap[Rank],
    initial: InitialValues,
    traits: Pick<Slot, 'kind' | 'dtype' | 'layout'>,
  ): tf.Variable<Rank> {
    const key = this.#key(name);
    const seed = this.#seed;
    const variable = this.#orDispose(() =>
      this.#variables({
        name: key,
        shape,
        trainable: traits.kind === 'parameter',
        get initial() {
          return initial(seed, key);
        },
      }),
    );
    this.#members.push({ name: key, variable, ...traits });
    return variable as tf.Variable<Rank>;
  }

  /** What `make` returns; when it throws, no half-made module keeps its variables. */
  #orDispose<Made>(make: () => Made): Made {
    try {
      return make();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  #key(name: string): string {
    return [this.name, name].filter((part) => part !== '').join('.');
  }
}

function ownVariable({ initial, shape, trainable }: VariableSpec): tf.Variable {
  // tfjs would register a given name for good; two networks may well have equal keys.
  return scope(() => tf.variable(tf.tensor(initial, shape), trainable));
}
