// What a strict TypeScript project sees. Compiled, not run.
import { SparnetError, isSparnetError, type ErrorCode } from '@sparnet/core';
import { useEngine, type Engine } from '@sparnet/engine';
import { resize, type Image } from '@sparnet/image';
import { decodeImage } from '@sparnet/image/node';
import { FaceAttentionUnit, type VariableSpec } from '@sparnet/layers';
import { pixelLoss, type PixelLossKind } from '@sparnet/losses';
import { psnr } from '@sparnet/metrics';
import { createSparnet, enhance, loadModel, modelBytes, preset, type SparnetConfig } from '@sparnet/models';
import { saveModel } from '@sparnet/models/node';
import { formatSafetensors, parseWeights, type StateDict } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs';

export function roundTrip(tensors: StateDict): StateDict {
  return parseWeights(formatSafetensors(tensors, { metadata: { made: 'here' } }));
}

export async function attended(x: tf.Tensor4D): Promise<tf.Tensor4D> {
  const engine: Engine = await useEngine('wasm');
  const variables = ({ initial, shape, trainable }: VariableSpec): tf.Variable =>
    tf.variable(tf.tensor(initial, shape), trainable);
  const unit = new FaceAttentionUnit({ inChannels: 3, outChannels: 8, hourglassDepth: 1, variables });
  const y = unit.forward(x, {
    training: false,
    attention: (name, map) => console.log(name, map.shape, engine.why),
  });
  return y;
}

export async function enhanced(bytes: Uint8Array, path: string): Promise<Image> {
  const config: SparnetConfig = createSparnet(preset('sparnet-tiny')).config;
  const model = await loadModel(path);
  await saveModel(await loadModel(await modelBytes(model), { config }), path);
  return enhance(model, resize(await decodeImage(bytes), { width: 16, height: 16 }));
}

export function measured(
  a: tf.Tensor4D,
  b: tf.Tensor4D,
  kind: PixelLossKind,
  image: Image,
): [tf.Scalar, number] {
  return [pixelLoss(a, b, { kind }), psnr(image, image)];
}

export function codeOf(error: unknown): ErrorCode | undefined {
  return isSparnetError(error) ? error.code : error instanceof SparnetError ? error.code : undefined;
}

// @ts-expect-error: the types are there, not `any`
useEngine('no such engine');
