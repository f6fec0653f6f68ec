import { decodeImage } from '@sparnet/image/browser';
import { scores } from './scores.js';

const open = async (name) => decodeImage(await (await fetch(name)).blob());
globalThis.result = scores(await open('truth.png'), await open('guess.png'));
