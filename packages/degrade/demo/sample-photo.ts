import { createImage, type Image } from '@sparnet/image';

/** Something like a face to look at until a photo is chosen. */
export function samplePhoto(side = 256): Image {
  const image = createImage({ width: side, height: side, channels: 3 });
  for (let i = 0; i < side * side; i++) {
    const x = (2 * (i % side)) / side - 1;
    const y = (2 * Math.floor(i / side)) / side - 1;
    image.data.set(colourAt(x, y), 3 * i);
  }
  return image;
}

/** Red, green and blue at a place of the square from -1 to 1. */
function colourAt(x: number, y: number): [number, number, number] {
  const inside = (cx: number, cy: number, rx: number, ry: number): boolean =>
    ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1;
  if (inside(-0.25, -0.15, 0.05, 0.05) || inside(0.25, -0.15, 0.05, 0.05)) return [30, 40, 60];
  if (inside(-0.25, -0.15, 0.13, 0.08) || inside(0.25, -0.15, 0.13, 0.08)) return [245, 245, 245];
  if (inside(0, 0.4, 0.22, 0.05)) return [170, 60, 70];
  if (inside(0, 0.15, 0.08, 0.1)) return [215, 160, 130];
  if (inside(0, 0.05, 0.55, 0.72)) return [230 - 40 * x, 180 - 30 * x, 150 - 30 * x];
  const hair = inside(0, -0.15, 0.68, 0.72);
  if (hair) return Math.floor(40 * x) % 2 === 0 ? [70, 45, 30] : [95, 65, 45];
  return Math.floor(x * 12) % 2 === Math.floor(y * 12) % 2 ? [90, 120, 160] : [110, 140, 180];
}
