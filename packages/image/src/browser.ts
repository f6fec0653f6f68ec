export { decodeImage } from './browser/decode-image.ts';
export { encodeImage } from './browser/encode-image.ts';
export type { EncodeOptions, ImageFormat } from './image-format.ts';
