import { createImage, type Image } from './image.ts';
import type { Rgb } from './to-rgb.ts';

const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-/:_';
/** Five rows of three pixels a character, a row an octal digit, from the top. */
const glyphs =
  '25755 65656 34443 65556 74647 74644 34553 55755 72227 11152 55655 44447 57755 65555 25552 65644 25573 65655 34216 ' +
  '72222 55557 55552 55775 55255 55222 71247 75557 26227 61247 61216 55711 74616 34757 71222 75757 75716 00002 00700 ' +
  '11244 02020 00007';
/** How many pixels a font pixel is wide and high. */
const zoom = 2;
/** From one character to the next. */
const advance = 4 * zoom;
/** Above and below the characters. */
const margin = 2;
const background: Rgb = [24, 24, 24];
const foreground: Rgb = [230, 230, 230];

/**
 * A line of light text on dark, RGB, `width` x 14 pixels, as a caption in previews. Lower case is drawn as upper case;
 * characters that the font lacks (it has letters, digits and . - / : _) are left blank, and what does not fit is left
 * out.
 *
 * @param width - Pixels, at least 1.
 * @throws SparnetError `bad-argument` for another width.
 */
export function tinyText(text: string, width: number): Image {
  const image = createImage({ width, height: 5 * zoom + 2 * margin, channels: 3 });
  for (let at = 0; at < image.data.length; at += 3) image.data.set(background, at);
  const fitting = Math.max(0, Math.floor((width + zoom) / advance));
  for (const [place, character] of Array.from(text.toUpperCase()).slice(0, fitting).entries()) {
    const index = characters.indexOf(character);
    if (index >= 0) drawGlyph(image, glyphs.slice(6 * index, 6 * index + 5), place * advance);
  }
  return image;
}

function drawGlyph(image: Image, rows: string, left: number): void {
  for (let y = 0; y < 5 * zoom; y++) {
    const row = Number(rows[Math.floor(y / zoom)]);
    for (let x = 0; x < 3 * zoom; x++) {
      const isSet = (row >> (2 - Math.floor(x / zoom))) & 1;
      if (isSet) image.data.set(foreground, 3 * ((y + margin) * image.width + left + x));
    }
  }
}
