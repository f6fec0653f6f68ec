import {
  convolutionLayer,
  imagenetNormalised,
  maxPoolLayer,
  reluLayer,
  square,
  type Architecture,
  type Layer,
} from './architecture.ts';

/** VGG-16 (arXiv 1409.1556), the layers before its classifier. Taps: those of LPIPS. */
export function vgg16(): Architecture {
  return vgg([2, 2, 3, 3, 3], [3, 8, 15, 22, 29]);
}

/**
 * VGG-19. Taps: those of the perceptual loss of SPARNet's release, whose ReLUs work in place: the first four after the
 * ReLU, the last before.
 */
export function vgg19(): Architecture {
  return vgg([2, 2, 4, 4, 4], [3, 8, 17, 26, 34]);
}

/** Blocks of so many 3x3 convolutions with a ReLU each, and a pooling behind every block. */
function vgg(blocks: readonly number[], taps: readonly number[]): Architecture {
  const layers: Layer[] = [];
  const next = (): string => `features.${layers.length}`;
  for (const convolutions of blocks) {
    for (let count = 0; count < convolutions; count++) {
      layers.push(convolutionLayer(next(), square(3, { padding: 1 })));
      layers.push(reluLayer(next()));
    }
    layers.push(maxPoolLayer(next(), { size: 2 }));
  }
  return {
    layers,
    convolution: 'biased',
    prepare: imagenetNormalised,
    unused: /^classifier\./,
    taps: taps.map((layer) => `features.${layer}`),
  };
}
