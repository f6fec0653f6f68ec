import { useEngine } from '@sparnet/engine';
import { decodeImage } from '@sparnet/image/browser';
import { enhance, loadModel } from '@sparnet/models';
import { sparnetX8Tiny } from '@sparnet/pretrained/sparnet-x8-tiny';
import { sparnethd128 } from '@sparnet/pretrained/sparnethd-128';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { digest } from './digest.js';

setWasmPaths('/');
await useEngine('wasm');
const face = await decodeImage(await (await fetch('face.png')).blob());
globalThis.result = {
  general: await digest(await enhance(await loadModel(sparnethd128), face)),
  tiny: await digest(await enhance(await loadModel(sparnetX8Tiny), face)),
};
