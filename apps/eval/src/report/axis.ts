import { html, type Html } from './html.ts';

/** A linear axis: values from `low` to `high`, drawn from `from` to `to` (units of the SVG's view box). */
export interface Axis {
  ticks: { at: number; label: string }[];
  place(value: number): number;
}

/**
 * An axis that holds all values, with ticks at round numbers.
 *
 * @param values - Finite; an axis of none goes from 0 to 1.
 * @param options.atMost - The most ticks.
 */
export function axisOf(
  values: readonly number[],
  { from, to, atMost = 8 }: { from: number; to: number; atMost?: number },
): Axis {
  const [least, greatest] = spread(values);
  const step = roundStep((greatest - least) / (atMost - 1));
  const low = Math.floor(least / step) * step;
  const high = Math.ceil(greatest / step) * step;
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const place = (value: number): number => from + ((value - low) / (high - low)) * (to - from);
  const count = Math.round((high - low) / step) + 1;
  const ticks = Array.from({ length: count }, (_, index) => {
    const value = low + index * step;
    return { at: place(value), label: value.toFixed(digits).replace('-', '−') };
  });
  return { ticks, place };
}

/** A horizontal axis as SVG: a faint line and a label a tick. */
export function horizontalAxis({ ticks }: Axis, { top, bottom }: { top: number; bottom: number }): Html {
  return html`<g class="axis">
    ${ticks.map(
      ({ at, label }) =>
        html`<path d="M${short(at)} ${short(top)}V${short(bottom)}" /><text
            x="${short(at)}"
            y="${short(bottom + 15)}"
            text-anchor="middle"
            >${label}</text
          >`,
    )}
  </g>`;
}

/** A vertical axis as SVG: a faint line and a label a tick. */
export function verticalAxis({ ticks }: Axis, { left, right }: { left: number; right: number }): Html {
  return html`<g class="axis">
    ${ticks.map(
      ({ at, label }) =>
        html`<path d="M${short(left)} ${short(at)}H${short(right)}" /><text
            x="${short(left - 6)}"
            y="${short(at + 4)}"
            text-anchor="end"
            >${label}</text
          >`,
    )}
  </g>`;
}

/** A coordinate with the digits that can be seen. */
export function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function spread(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const least = values.reduce((a, b) => Math.min(a, b));
  const greatest = values.reduce((a, b) => Math.max(a, b));
  const size = Math.max(Math.abs(least), Math.abs(greatest));
  // Values that differ by less than their rounding, or that no label could tell apart, are one.
  if (greatest - least > Math.max(1e-9 * size, 1e-12)) return [least, greatest];
  const margin = size > 1e-9 ? size / 100 : 1;
  return [least - margin, greatest + margin];
}

/** The least of 1, 2 and 5 times a power of ten that is at least `step`. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return ([1, 2, 5].find((factor) => factor * power >= step * (1 - 1e-9)) ?? 10) * power;
}
