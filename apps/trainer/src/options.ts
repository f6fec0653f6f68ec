import { presets } from '@sparnet/degrade';
import { engineNames } from '@sparnet/engine';
import { adversarialKinds, pixelLossKinds, pixelReductions, scaleReductions } from '@sparnet/losses';
import { presetNames } from '@sparnet/models';
import { perceptualNetworks } from './compute/objective.ts';
import type { ConfigOf, OptionTable } from './run/option-table.ts';

/** Every option of training: a key of config.json and a flag. `trainer train --help` prints them in this order. */
export const trainOptions = {
  preset: { type: 'string', choices: presetNames, default: 'sparnet-v16-s4', help: 'The network.' },
  network: { type: 'json', default: {}, help: 'Changes of the preset, such as {"maxChannels":64}.' },
  scale: {
    type: 'integer',
    min: 2,
    max: 16,
    default: 8,
    help: 'Factor from LR to HR; it divides the side of HR. With --degrade, only that of the input of networks that take the LR image.',
  },
  init: {
    type: 'string',
    help: 'Start from the weights of this model file (.safetensors, .pth), or of a published model (@sparnet/pretrained) by its name.',
  },

  data: { type: 'strings', help: 'Photographs to train on: folders, tar archives, pictures.' },
  boxes: { type: 'string', help: 'Face squares of the photographs, a CSV: file,left,top,right,bottom.' },
  val: { type: 'strings', help: 'Photographs to validate on; the network never learns from them.' },
  valBoxes: { type: 'string', help: 'Face squares of those.' },
  valLimit: { type: 'integer', min: 1, help: 'Validate on N of them, spread evenly over the set.' },

  flip: { type: 'boolean', default: true, help: 'Mirror every other photograph.' },
  rotate: { type: 'boolean', default: true, help: 'Turn photographs by 0, 90, 180 or 270 degrees.' },
  rescale: {
    type: 'numbers',
    min: 1,
    max: 8,
    default: [1, 1.3],
    help: 'Enlarge by a factor from this range, then crop; "1 1" switches it off.',
  },
  zoom: {
    type: 'numbers',
    min: 0.1,
    max: 8,
    default: [1, 1],
    help: 'Take in more (above 1) or less of the picture around the face, as far as it goes.',
  },
  shift: {
    type: 'number',
    min: 0,
    max: 1,
    default: 0,
    help: 'Shift the face square by up to this part of its side, as far as the picture goes.',
  },

  degrade: {
    type: 'named',
    help:
      `Degrade the photographs for training and validation: one of ${Object.keys(presets).join(', ')}, or a recipe ` +
      'file of @sparnet/degrade (JSON), instead of reducing them by --scale. The network gets LR-UP; one whose input is ' +
      'smaller than its output (sparnet-tiny: 16x16 at scale 8) gets the LR image, resized to its input by bicubic, and ' +
      'may see less than LR-UP, of which the printed bicubic numbers are. A recipe with a size of its own for ' +
      'photographs (512x512 for sparnethd) is applied in that size, and the pair is brought to the size of the network.',
  },

  out: { type: 'string', help: 'The run folder: settings, logs, previews, checkpoints, the model.' },
  batch: { type: 'integer', min: 1, max: 4096, default: 16, help: 'Images a step.' },
  shard: {
    type: 'integer',
    min: 1,
    default: 4,
    help: "Images computed at once. A batch is summed up from shards; batch norm's statistics are a shard's.",
  },
  steps: { type: 'integer', min: 1, help: 'Train for this many steps.' },
  epochs: { type: 'number', above: 0, help: 'Train for this many passes over the data.' },
  minutes: {
    type: 'number',
    above: 0,
    help: 'Train for this long; steps are then planned by a short measurement.',
  },

  optimizer: {
    type: 'string',
    choices: ['adam', 'muon'],
    default: 'adam',
    help:
      "What moves the weights: Adam, as in the paper, or Muon, which makes the steps of filters orthogonal (Adam's for " +
      'all else) and needs fewer images.',
  },
  lr: { type: 'number', min: 0, default: 2e-4, help: 'The highest learning rate; one for both optimizers.' },
  beta1: {
    type: 'number',
    min: 0,
    max: 0.999999,
    default: 0.9,
    help: "Adam's decay of the mean. Muon's is 0.95.",
  },
  beta2: { type: 'number', min: 0, max: 0.999999, default: 0.99, help: "Adam's decay of the squares." },
  schedule: {
    type: 'string',
    choices: ['constant', 'linear', 'step', 'cosine'],
    default: 'constant',
    help: 'How the learning rate falls.',
  },
  horizon: {
    type: 'integer',
    min: 1,
    help: 'The step at which linear and cosine end (default: the steps planned at the start).',
  },
  warmup: { type: 'integer', min: 0, default: 0, help: 'Steps in which the learning rate rises from 0.' },
  hold: {
    type: 'number',
    min: 0,
    max: 1,
    default: 0,
    help: 'The part of the horizon before linear or cosine begin to fall.',
  },
  floor: {
    type: 'number',
    min: 0,
    max: 1,
    default: 0,
    help: 'The last learning rate of linear and cosine, as a part of --lr.',
  },
  every: { type: 'integer', min: 1, default: 10000, help: 'Steps between two drops of schedule step.' },
  gamma: { type: 'number', min: 0, max: 1, default: 0.5, help: 'The factor of a drop of schedule step.' },
  discriminatorLr: {
    type: 'number',
    min: 0,
    default: 4e-4,
    help: 'The learning rate of the discriminators, with --adversarial-weight.',
  },
  discriminatorSchedule: {
    type: 'string',
    choices: ['constant', 'linear', 'step', 'cosine'],
    default: 'constant',
    help: 'How it falls; horizon, warmup, hold, floor, every and gamma are those above.',
  },
  pixelWeight: { type: 'number', min: 0, default: 1, help: 'The weight of the pixel loss.' },
  loss: {
    type: 'string',
    choices: pixelLossKinds,
    default: 'squared',
    help: 'Pixel loss: equation 1, or L1 as released.',
  },
  reduction: {
    type: 'string',
    choices: pixelReductions,
    default: 'mean',
    help: "A mean over all elements, or the sum over an image's (equation 1).",
  },
  adversarialWeight: {
    type: 'number',
    min: 0,
    default: 0,
    help: 'The weight of what discriminators say, which then learn along; 0: none.',
  },
  adversarial: {
    type: 'string',
    choices: adversarialKinds.filter((kind) => kind !== 'wgan-gp'),
    default: 'hinge',
    help: 'What they lower. wgan-gp, which needs a gradient penalty beside it, is in @sparnet/losses alone.',
  },
  featureMatchingWeight: {
    type: 'number',
    min: 0,
    default: 10,
    help: 'The weight of matching their features; none without --adversarial-weight.',
  },
  scaleReduction: {
    type: 'string',
    choices: scaleReductions,
    default: 'released',
    help: 'Terms of several discriminators: their mean, or the sum of equations 8 to 10.',
  },
  discriminator: {
    type: 'json',
    default: {},
    help: 'Changes of the preset\'s discriminators, such as {"baseChannels":32}.',
  },
  discriminatorInit: { type: 'string', help: 'Start the discriminators from this file.' },
  initTraining: {
    type: 'string',
    help: 'Go on from the training.safetensors of another run: both players and their Adam, instead of --init.',
  },
  perceptualWeight: {
    type: 'number',
    min: 0,
    default: 0,
    help: 'The weight of the perceptual loss; 0: none.',
  },
  perceptual: {
    type: 'string',
    choices: perceptualNetworks,
    default: 'vgg19',
    help: 'Whose features it compares. random-vgg19 has the size of VGG-19 and random weights: to measure time and memory, never for results.',
  },
  perceptualWeights: {
    type: 'string',
    help: 'The file of its weights (.pth, .safetensors); else they are looked up in SPARNET_WEIGHTS and the cache, or fetched.',
  },
  identityWeight: {
    type: 'number',
    min: 0,
    default: 0,
    help: 'The weight of the identity loss (the face recognition network of face-api); 0: none.',
  },
  teacher: {
    type: 'string',
    help: 'Learn also from what this trained model makes of the same input: a file, or the name of a published model.',
  },
  teacherWeight: {
    type: 'number',
    min: 0,
    default: 1,
    help: "The weight of the distance from the teacher's.",
  },
  checkpointing: {
    type: 'boolean',
    default: false,
    help: "Keep less for the backward pass, which computes the generator's blocks again: a third more time, far less memory.",
  },
  clip: { type: 'number', min: 0, default: 0, help: 'Clip the gradient to this L2 norm; 0: never.' },
  ema: {
    type: 'number',
    min: 0,
    max: 0.999999,
    default: 0.999,
    help: 'Decay of the averaged weights, the result; 0: no average.',
  },
  emaOrder: {
    type: 'string',
    choices: ['after', 'before'],
    default: 'after',
    help: 'Average after a step, with a short memory at the start; or before it, by the full decay, as SPARNetHD was released.',
  },
  seed: { type: 'integer', min: 0, default: 1, help: 'Of weights, order and augmentation.' },

  engine: {
    type: 'string',
    choices: ['auto', ...engineNames],
    default: 'auto',
    help: 'What computes; see trainer doctor.',
  },
  workers: {
    type: 'integer',
    min: 1,
    max: 256,
    help: 'Threads that compute shards (default: a thread a core, at most one a shard; as before in resume). The result is the same.',
  },
  loaders: {
    type: 'integer',
    min: 1,
    max: 64,
    default: 1,
    help: 'Threads that read and prepare photographs.',
  },

  logEvery: { type: 'integer', min: 1, default: 10, help: 'Steps between two lines of metrics.jsonl.' },
  saveEvery: { type: 'integer', min: 1, default: 200, help: 'Steps between two checkpoints.' },
  keep: { type: 'integer', min: 1, default: 3, help: 'Checkpoints to keep, besides the best.' },
  valEvery: { type: 'integer', min: 1, default: 500, help: 'Steps between two validations.' },
  previewEvery: { type: 'integer', min: 1, default: 500, help: 'Steps between two previews.' },
} as const satisfies OptionTable;

/** What config.json holds. */
export type TrainConfig = ConfigOf<typeof trainOptions>;
