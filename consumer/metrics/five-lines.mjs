// What somebody writes who wants to know how good the pictures of a folder are.
import { readdir } from 'node:fs/promises';
import { decodeImage } from '@sparnet/image/node';
import { psnr, ssim } from '@sparnet/metrics';

for (const name of await readdir('truth')) {
  const [truth, guess] = [await decodeImage(`truth/${name}`), await decodeImage(`guess/${name}`)];
  console.log(name, psnr(truth, guess), ssim(truth, guess));
}
