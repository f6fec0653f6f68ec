// What somebody writes who wants a low-resolution twin of a photo.
import { apply, presets, sample } from '@sparnet/degrade';
import { decodeImage, writeImage } from '@sparnet/image/node';

const photo = await decodeImage('photo.jpg');
const { lr, lrUp } = apply(photo, sample(presets.sparnethd, 42));
await writeImage('lr.png', lr);
await writeImage('lr-up.png', lrUp);
