import { decodeImage } from '@sparnet/image/browser';
import { fingerprints } from './fingerprints.js';

const response = await fetch('photo.png');
globalThis.result = await fingerprints(await decodeImage(await response.blob()));
