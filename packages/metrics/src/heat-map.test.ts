import { expect, test } from 'vitest';
import { constant } from './image-fixture.ts';
import { errorMap, improvement, toHeatMap, type ErrorMap, type ImprovementMap } from './index.ts';

test('equal steps of error are equal steps of lightness, dark to bright', () => {
  const { image, legend } = toHeatMap(errors([0, 1, 2, 3, 4, 5, 6, 7, 8]));
  const lightness = pixels(image.data).map(lightnessOf);
  const steps = lightness.slice(1).map((value, i) => value - lightness[i]!);
  expect(lightness[0]).toBeLessThan(20);
  expect(lightness[8]).toBeGreaterThan(90);
  for (const step of steps) expect(Math.abs(step - 10)).toBeLessThan(4);
  expect(legend.map(({ value }) => value)).toEqual([0, 2, 4, 6, 8]);
  expect(legend.map(({ colour }) => colour)).toEqual(pixels(image.data).filter((_, i) => i % 2 === 0));
});

test('no change is the lightest; red is worse, blue is better', () => {
  const { image, legend } = toHeatMap(improvements([-2, -1, 0, 1, 2]));
  const [worst, worse, same, better, best] = pixels(image.data);
  expect(lightnessOf(same!)).toBeGreaterThan(95);
  expect(Math.max(...same!) - Math.min(...same!)).toBeLessThan(4);
  for (const [red, , blue] of [worst!, worse!]) expect(red).toBeGreaterThan(blue + 50);
  for (const [red, , blue] of [best!, better!]) expect(blue).toBeGreaterThan(red + 50);
  expect(Math.abs(lightnessOf(worst!) - lightnessOf(best!))).toBeLessThan(5);
  expect(legend.map(({ value }) => value)).toEqual([-2, -1, 0, 1, 2]);
});

test('a range may be given, and what lies beyond takes the colour of its end', () => {
  const map = errors([0, 5, 10, 20]);
  const { image, legend } = toHeatMap(map, { range: [5, 10] });
  const [low, least, most, high] = pixels(image.data);
  expect(low).toEqual(least);
  expect(high).toEqual(most);
  expect(legend.at(0)).toEqual({ value: 5, colour: least });
  expect(legend.at(-1)).toEqual({ value: 10, colour: most });
});

test('maps without any error or change have a picture', () => {
  expect(pixels(toHeatMap(errors([0, 0])).image.data)[0]).toEqual(toHeatMap(errors([0])).legend[0]!.colour);
  const { image, legend } = toHeatMap(improvements([0, 0]));
  expect(pixels(image.data)[0]).toEqual(legend[2]!.colour);
});

test('a picture has a pixel for each value', () => {
  const map = errorMap('ssim', { width: 20, height: 16 });
  map.update(
    constant({ width: 20, height: 16, channels: 1, level: 9 }),
    constant({ width: 20, height: 16, channels: 1, level: 90 }),
  );
  expect(toHeatMap(map.compute()).image).toMatchObject({ width: 10, height: 6, channels: 3 });
});

test('a range that says nothing is refused', () => {
  expect(() => toHeatMap(errors([1]), { range: [2, 2] })).toThrow('a lower and a higher value for range');
  expect(() => toHeatMap(errors([1]), { range: [0, Number.NaN] })).toThrow('for range[1], got NaN');
  expect(() => toHeatMap(improvements([1]), { range: [-1, 2] })).toThrow('as far below 0 as above');
});

function errors(values: readonly number[]): ErrorMap {
  return {
    kind: 'error',
    metric: 'psnr',
    protocol: 'sparnet',
    count: 1,
    width: values.length,
    height: 1,
    left: 0,
    top: 0,
    values: Float64Array.from(values),
  };
}

function improvements(values: readonly number[]): ImprovementMap {
  return improvement(errors(values), errors(values.map(() => 0)));
}

function pixels(data: ArrayLike<number>): [number, number, number][] {
  return Array.from({ length: data.length / 3 }, (_, i) => [
    data[3 * i]!,
    data[3 * i + 1]!,
    data[3 * i + 2]!,
  ]);
}

/** L* of CIE Lab, 0 to 100. */
function lightnessOf(colour: readonly number[]): number {
  const [red, green, blue] = colour.map((level) => {
    const value = level / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
}
