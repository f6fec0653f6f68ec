export type { EncodeOptions, ImageFormat } from './image-format.ts';
export { decodeImage } from './node/decode-image.ts';
export { encodeImage } from './node/encode-image.ts';
export { listFiles, type ListedFile } from './node/list-files.ts';
export { openPictures, placeOf, type PicturePlace, type PictureSet } from './node/open-pictures.ts';
export { readPicture } from './node/read-picture.ts';
export { tarMembers, type TarMember } from './node/tar-members.ts';
export { writeImage } from './node/write-image.ts';
