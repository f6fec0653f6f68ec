export type { EncodeOptions, ImageFormat } from './image-format.ts';
export { decodeImage } from './node/decode-image.ts';
export { encodeImage } from './node/encode-image.ts';
export { writeImage } from './node/write-image.ts';
