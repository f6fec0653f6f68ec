import { escapeMarkdown } from '../run/escape-markdown.ts';
import { markdownTable } from '../run/text-table.ts';
import type { CurvePoint } from './read-training.ts';
import { signed } from './signed.ts';

/** Another training, under the name that the card gives it. */
export interface Beside {
  name: string;
  curve: readonly CurvePoint[];
}

/**
 * A table of how far a training had come whenever it was validated, and how far another had with as many images and in
 * as many hours: PSNR over bicubic, in dB. Between two validations of the other a straight line is taken; there is a dash
 * where it has none before or after.
 */
export function besideText(curve: readonly CurvePoint[], other: Beside): string {
  const head = [
    'images seen',
    'hours',
    'over bicubic',
    `${other.name}, equal images`,
    `${other.name}, equal hours`,
  ];
  const rows = curve.map((point) => [
    point.images.toLocaleString('en'),
    point.hours.toFixed(2),
    shown(gain(point)),
    shown(gainAt(other.curve, 'images', point.images)),
    shown(gainAt(other.curve, 'hours', point.hours)),
  ]);
  return `Beside ${escapeMarkdown(other.name)}, PSNR over bicubic in dB, with as many images and in as many hours:\n\n${markdownTable([head, ...rows])}`;
}

function gainAt(curve: readonly CurvePoint[], axis: 'images' | 'hours', place: number): number | undefined {
  const index = curve.findIndex((point) => point[axis] >= place);
  const [before, after] = [curve[index - 1], curve[index]];
  if (!after) return undefined;
  if (after[axis] === place) return gain(after);
  if (!before) return undefined;
  const share = (place - before[axis]) / (after[axis] - before[axis]);
  return gain(before) + share * (gain(after) - gain(before));
}

function gain({ psnr, bicubic }: CurvePoint): number {
  return psnr - bicubic.psnr;
}

function shown(value: number | undefined): string {
  return value === undefined ? '-' : signed(value, 3);
}
