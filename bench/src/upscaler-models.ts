import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { floatsToImage, type Image } from '@sparnet/image';
import * as tf from '@tensorflow/tfjs';

/** A network of UpscalerJS. */
export interface UpscalerModel {
  /** Bytes of its weights. */
  bytes: number;
  upscale(image: Image): Promise<Image>;
}

/** What a package of UpscalerJS says of a model. */
interface Definition {
  inputRange: [number, number];
  outputRange: [number, number];
  /** Registers layers of its own. */
  setup?: (library: typeof tf) => void;
}

/** The files of a model in the format of tfjs. */
interface ModelFile {
  modelTopology: object;
  weightsManifest: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[];
}

/**
 * Loads a model of UpscalerJS as UpscalerJS does: with the package's own layers and ranges of values.
 *
 * @param folder - In which the package is installed.
 * @param name - Such as `@upscalerjs/esrgan-slim`.
 * @returns undefined when the package is not there.
 */
export async function upscalerModel(
  folder: string,
  name: string,
  scale: number,
): Promise<UpscalerModel | undefined> {
  const home = join(folder, 'node_modules', name);
  if (!existsSync(home)) return undefined;
  const required = createRequire(join(resolve(folder), 'package.json'));
  const definition = required(`${name}/${scale}x`) as Definition;
  definition.setup?.(tf);
  const file = join(home, 'models', `x${scale}`, 'model.json');
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(file, 'utf8')) as ModelFile;
  const paths = weightsManifest.flatMap((group) => group.paths).map((path) => join(dirname(file), path));
  const parts = await Promise.all(paths.map((path) => readFile(path)));
  const weightData = Uint8Array.from(Buffer.concat(parts)).buffer;
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const network = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  const sizes = await Promise.all(paths.map((path) => stat(path)));
  return {
    bytes: sizes.reduce((sum, { size }) => sum + size, 0),
    upscale: (image) => upscaled(network, definition, image),
  };
}

async function upscaled(
  network: tf.LayersModel,
  { inputRange, outputRange }: Definition,
  { width, height, data }: Image,
): Promise<Image> {
  const output = tf.tidy(() => {
    const levels = tf.tensor4d(Float32Array.from(data), [1, height, width, 3]);
    const result = network.predict(levels.div(255 / inputRange[1])) as tf.Tensor4D;
    // From [0, 1] or [0, 255] to the [-1, 1] that images are made of.
    return result
      .div(outputRange[1] / 2)
      .sub(1)
      .clipByValue(-1, 1) as tf.Tensor4D;
  });
  try {
    const floats = (await output.data()) as Float32Array;
    return floatsToImage(floats, { width: output.shape[2], height: output.shape[1], rounding: 'nearest' });
  } finally {
    output.dispose();
  }
}
