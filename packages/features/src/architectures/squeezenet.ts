import { concatChannels, relu } from '@sparnet/engine';
import {
  convolutionLayer,
  imagenetNormalised,
  maxPoolLayer,
  reluLayer,
  square,
  type Architecture,
  type Layer,
} from './architecture.ts';

/** SqueezeNet 1.1 (arXiv 1602.07360), the layers before its classifier. Taps: those of LPIPS. */
export function squeezenet(): Architecture {
  return {
    layers: [
      convolutionLayer('features.0', square(3, { stride: 2 })),
      reluLayer('features.1'),
      pool('features.2'),
      fire('features.3'),
      fire('features.4'),
      pool('features.5'),
      fire('features.6'),
      fire('features.7'),
      pool('features.8'),
      fire('features.9'),
      fire('features.10'),
      fire('features.11'),
      fire('features.12'),
    ],
    convolution: 'biased',
    prepare: imagenetNormalised,
    unused: /^classifier\./,
    taps: [1, 4, 7, 9, 10, 11, 12].map((layer) => `features.${layer}`),
  };
}

function pool(name: string): Layer {
  return maxPoolLayer(name, { size: 3, stride: 2, ceilMode: true });
}

/** Few channels by a 1x1 convolution, then many by a 1x1 and a 3x3 convolution side by side. */
function fire(name: string): Layer {
  return {
    name,
    convolutions: { squeeze: square(1), expand1x1: square(1), expand3x3: square(3, { padding: 1 }) },
    forward(x, convolve) {
      const few = relu(convolve('squeeze', x));
      return concatChannels([relu(convolve('expand1x1', few)), relu(convolve('expand3x3', few))]);
    },
  };
}
