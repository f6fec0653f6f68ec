// What a CommonJS project sees: Node 20.19 and later can require ES modules.
const assert = require('node:assert/strict');
const { test } = require('node:test');

test('every package can be required, and its entries for Node', () => {
  for (const [id, name] of [
    ['@sparnet/core', 'SparnetError'],
    ['@sparnet/image', 'resize'],
    ['@sparnet/image/node', 'decodeImage'],
    ['@sparnet/weights', 'parseWeights'],
    ['@sparnet/weights/node', 'readWeights'],
    ['@sparnet/engine', 'useEngine'],
    ['@sparnet/layers', 'FaceAttentionUnit'],
    ['@sparnet/losses', 'pixelLoss'],
    ['@sparnet/degrade', 'apply'],
    ['@sparnet/features', 'lpips'],
    ['@sparnet/features/node', 'networkWeights'],
    ['@sparnet/metrics', 'psnr'],
    ['@sparnet/metrics/lpips', 'openLpips'],
    ['@sparnet/metrics/fid', 'frechetDistance'],
    ['@sparnet/metrics/faces', 'openFaceApi'],
    ['@sparnet/models', 'createSparnet'],
    ['@sparnet/models/node', 'saveModel'],
  ]) {
    assert.equal(typeof require(id)[name], 'function', `${name} of ${id}`);
  }
});

test('required weights go round', () => {
  const { formatSafetensors, parseSafetensors } = require('@sparnet/weights');
  const tensors = { a: { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } };
  assert.deepEqual({ ...parseSafetensors(formatSafetensors(tensors)).tensors }, tensors);
});

test('a required unit runs on wasm, on the same tfjs as the program', async () => {
  const tf = require('@tensorflow/tfjs');
  const { useEngine } = require('@sparnet/engine');
  const { FaceAttentionUnit } = require('@sparnet/layers');
  await useEngine('wasm');
  assert.equal(tf.getBackend(), 'wasm');
  const unit = new FaceAttentionUnit({ inChannels: 3, outChannels: 4, hourglassDepth: 1 });
  assert.deepEqual(unit.forward(tf.zeros([1, 8, 8, 3])).shape, [1, 8, 8, 4]);
});

test('a required model is loaded from its bytes and enhances a face', async () => {
  const { useEngine } = require('@sparnet/engine');
  const { createSparnet, enhance, loadModel, modelBytes } = require('@sparnet/models');
  await useEngine('wasm');
  const config = {
    inputSize: 16,
    outputSize: 16,
    minFeatureSize: 8,
    minChannels: 4,
    maxChannels: 4,
    resDepth: 0,
  };
  const model = await loadModel(
    await modelBytes(createSparnet({ ...config, scale: 2, hourglassDepth: 'feature-size' })),
  );
  const face = { width: 8, height: 8, channels: 1, data: new Uint8Array(64) };
  assert.equal((await enhance(model, face)).width, 16);
});
