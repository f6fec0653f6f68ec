import {
  convolutionLayer,
  imagenetNormalised,
  maxPoolLayer,
  reluLayer,
  square,
  type Architecture,
  type Layer,
} from './architecture.ts';

/** AlexNet in the form of torchvision (arXiv 1404.5997), the layers before its classifier. Taps: those of LPIPS. */
export function alexnet(): Architecture {
  return {
    layers: [
      convolutionLayer('features.0', square(11, { stride: 4, padding: 2 })),
      reluLayer('features.1'),
      pool('features.2'),
      convolutionLayer('features.3', square(5, { padding: 2 })),
      reluLayer('features.4'),
      pool('features.5'),
      convolutionLayer('features.6', square(3, { padding: 1 })),
      reluLayer('features.7'),
      convolutionLayer('features.8', square(3, { padding: 1 })),
      reluLayer('features.9'),
      convolutionLayer('features.10', square(3, { padding: 1 })),
      reluLayer('features.11'),
      pool('features.12'),
    ],
    convolution: 'biased',
    prepare: imagenetNormalised,
    unused: /^classifier\./,
    taps: [1, 4, 7, 9, 11].map((layer) => `features.${layer}`),
  };
}

function pool(name: string): Layer {
  return maxPoolLayer(name, { size: 3, stride: 2 });
}
