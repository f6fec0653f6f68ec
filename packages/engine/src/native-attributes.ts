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
