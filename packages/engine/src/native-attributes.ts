import * as tf from '@tensorflow/tfjs-core';

/** What TensorFlow's kernels are told besides tensors: every name that tfjs-node's kernels and ours use. */
export const attributeNames = [
  ...['adj_x', 'adj_y', 'align_corners', 'alpha', 'axis', 'batch_dims', 'begin_mask', 'beta'],
  ...['bias', 'block_size', 'data_format', 'depth_radius', 'dilations', 'DstT', 'ellipsis_mask'],
  ...['end_mask', 'epsilon', 'equation', 'exclusive', 'explicit_paddings'],
  ...['exponential_avg_factor', 'extrapolation_value', 'half_pixel_centers', 'Index', 'index_type'],
  ...['is_training', 'keep_dims', 'ksize', 'method', 'mode', 'N', 'new_axis_mask', 'num'],
  ...['num_split', 'out_idx', 'output_dtype', 'output_type', 'pad_to_max_output_size', 'padding'],
  ...['rates', 'reverse', 'seed', 'seed2', 'shrink_axis_mask', 'sorted', 'SrcT', 'strides', 'T'],
  ...['T_threshold', 'Taxis', 'Tblock_shape', 'Tcomplex', 'Tcrops', 'TI', 'Tidx', 'Tindices'],
  ...['Tmultiples', 'Tnumsegments', 'Tout', 'Tpaddings', 'Tparams', 'Tperm', 'Truncate', 'Tshape'],
  ...['U', 'use_cudnn_on_gpu', 'validate_indices'],
] as const;
export type AttributeName = (typeof attributeNames)[number];

/** The part of tfjs-node's binding that calls a kernel. */
interface Binding {
  executeOp(name: string, attributes: object[], inputs: number[], count: number): object[];
}

/** No type of TensorFlow's. */
const noType = -1;

/**
 * Make tfjs-node's binding know the names of all attributes. It keeps those that it was ever given in one set for all
 * threads of the process, with no lock: two that bring a new name at the same moment destroy it, and the process
 * crashes or computes for ever. Once all are in, it is only read, which any number of threads may.
 */
export function introduceAttributes(): void {
  const { binding } = tf.findBackend('tensorflow') as unknown as { binding?: Binding };
  for (const name of attributeNames) {
    try {
      binding?.executeOp('NoOp', [{ name, type: noType, value: 0 }], [], 0);
    } catch {
      // It refuses the type, after it has taken in the name.
    }
  }
}
