// What somebody writes who wants a better face.
import { useEngine } from '@sparnet/engine';
import { decodeImage, writeImage } from '@sparnet/image/node';
import { enhance, loadModel } from '@sparnet/models';
import { sparnethd128 } from '@sparnet/pretrained';

await useEngine('wasm');
const model = await loadModel(sparnethd128);
const face = await decodeImage('public/face.png');
await writeImage('better.png', await enhance(model, face));
