import { useEngine } from '@sparnet/engine';
import { decodeImage } from '@sparnet/image/browser';
import { enhance, loadModel } from '@sparnet/models';
import { sparnethd128 } from '@sparnet/pretrained/sparnethd-128';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { digest } from './digest.js';

setWasmPaths('/');
await useEngine('wasm');
const model = await loadModel(sparnethd128);
const face = await decodeImage(await (await fetch('face.png')).blob());
globalThis.result = await digest(await enhance(model, face));
