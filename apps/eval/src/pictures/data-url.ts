import type { Image } from '@sparnet/image';
import { encodeImage } from '@sparnet/image/node';

/** Pictures up to this side are kept to the last bit. */
const losslessSide = 256;

/** A picture as a data URL: PNG up to 256 pixels a side, WebP beyond. */
export async function dataUrl(image: Image): Promise<string> {
  const format = Math.max(image.width, image.height) <= losslessSide ? 'png' : 'webp';
  const bytes = await encodeImage(image, format === 'png' ? { format } : { format, quality: 90 });
  return `data:image/${format};base64,${Buffer.from(bytes).toString('base64')}`;
}
