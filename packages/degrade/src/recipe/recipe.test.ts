import { createHash } from 'node:crypto';
import { createImage, resize as resizeLikePillow, toRgb, type Image } from '@sparnet/image';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apply, checkParameters, presets, sample, type Parameters, type Recipe } from '../index.ts';
import { knownBits } from '../known-bits-fixture.ts';
import { picture } from '../picture-fixture.ts';

const small: Recipe = {
  steps: [
    { op: 'gaussian', sigma: { between: [0.5, 2] } },
    { op: 'resize', shrink: 2 },
    { op: 'noise', sigma: { oneOf: [5, { between: [10, 20] }], weights: [1, 3] }, grey: { chance: 0.5 } },
    { op: 'jpeg', probability: 0.5, quality: { integer: [40, 90] } },
  ],
};

describe('sample', () => {
  test('is a function of recipe, seed and index', () => {
    const once = sample(small, 5, 7);
    sample(small, 5, 8);
    expect(sample(small, 5, 7)).toEqual(once);
    expect(sample(small, 5)).toEqual(sample(small, 5, 0));
    expect(sample(small, 6, 7)).not.toEqual(once);
    expect(sample(small, 5, 8)).not.toEqual(once);
    expect(once).toMatchObject({ seed: 5, index: 7 });
  });

  test('does not depend on the order of the keys', () => {
    const turned: Recipe = {
      steps: small.steps.map((step) => Object.fromEntries(Object.entries(step).toReversed()) as typeof step),
    };
    expect(sample(turned, 3)).toEqual(sample(small, 3));
  });

  test('gives JSON', () => {
    for (const preset of Object.values(presets)) {
      for (let index = 0; index < 50; index++) {
        const parameters = sample(preset, 9, index);
        expect(checkParameters(JSON.parse(JSON.stringify(parameters)))).toEqual(parameters);
      }
    }
  });

  test('draws lanczos beside a rule opencv that weighs nothing, or that goes with other filters', () => {
    const filter = { oneOf: ['area', 'lanczos'] } as const;
    const steps: Recipe['steps'] = [
      { op: 'resize', size: 4, filter, rule: { oneOf: ['pillow', 'opencv'], weights: [1, 0] } },
      { op: 'resize', size: 4, filter: { ...filter, weights: [1, 0] }, rule: 'opencv' },
      { op: 'resize', size: 4, filter },
    ];
    expect(() => sample({ steps }, 1)).not.toThrow();
  });

  test('refuses seeds that are none', () => {
    expect(() => sample(small, -1)).toThrow('for seed, got -1');
    expect(() => sample(small, 1, 2 ** 32)).toThrow('for index, got 4294967296');
  });

  // The numbers that a seed always gave, so that old manifests stay true.
  test('draws what it always drew', () => {
    expect(sample(presets['sparnethd-released'], 2026, 1)).toMatchInlineSnapshot(`
      {
        "enlarge": {
          "filter": "bicubic",
          "rule": "opencv",
        },
        "hr": {
          "height": 512,
          "width": 512,
        },
        "index": 1,
        "recipe": "sparnethd-released",
        "seed": 2026,
        "steps": [
          {
            "op": "grey",
          },
          {
            "op": "gaussian",
            "sigma": 9.555847478832266,
          },
          {
            "filter": "bilinear",
            "op": "resize",
            "rule": "opencv",
            "size": 77,
          },
          {
            "grey": true,
            "op": "noise",
            "seed": 4209577075,
            "sigma": 8.455711191997777,
          },
          {
            "compression": 59.438086257213946,
            "op": "jpeg",
          },
        ],
      }
    `);
  });
});

describe('apply', () => {
  test('replays parameters that went through JSON, to the bit', () => {
    const image = picture(40, 30);
    for (const preset of [small, presets.gfpgan, presets['real-esrgan']]) {
      for (let index = 0; index < 4; index++) {
        const parameters = sample(preset, 11, index);
        const copy = JSON.parse(JSON.stringify(parameters)) as Parameters;
        expect(apply(image, copy)).toEqual(apply(image, parameters));
      }
    }
  });

  test('gives HR, LR, LR-UP and the parameters', () => {
    const image = picture(41, 33);
    const parameters = sample(presets['bicubic-x8'], 1);
    const { hr, lr, lrUp, parameters: used } = apply(image, parameters);
    expect(hr).toEqual(image);
    expect(lr).toEqual(resizeLikePillow(image, { width: 5, height: 4 }));
    expect(lrUp).toEqual(resizeLikePillow(lr, { width: 41, height: 33 }));
    expect(used).toEqual(parameters);
  });

  test('brings the photo to the size of the recipe first', () => {
    const { hr, lr, lrUp } = apply(picture(70, 90), sample(presets['sparnethd-released'], 1));
    expect([hr.width, hr.height, lrUp.width, lrUp.height]).toEqual([512, 512, 512, 512]);
    expect(digest(hr)).toBe(digest(resizeLikePillow(picture(70, 90), { width: 512, height: 512 })));
    expect(lr.width).toBeGreaterThanOrEqual(32);
    expect(lr.width).toBeLessThanOrEqual(127);
  });

  test('takes grey and alpha as RGB, and views of any kind', () => {
    const parameters = sample(small, 2);
    for (const channels of [1, 4] as const) {
      const image = picture(20, 20, { channels });
      expect(apply(image, parameters)).toEqual(apply(toRgb(image), parameters));
    }
    const image = picture(20, 20);
    const { lr } = apply({ ...image, data: Uint8ClampedArray.from(image.data) }, parameters);
    expect(lr).toEqual(apply(image, parameters).lr);
    const buffer = apply({ ...image, data: Buffer.from(image.data) }, parameters);
    expect(buffer.lr).toEqual(apply(image, parameters).lr);
  });

  test('does not change its input', () => {
    const image = picture(20, 20);
    apply(image, sample(presets['real-esrgan'], 1));
    expect(image).toEqual(picture(20, 20));
  });

  test('gives the bits it always gave', () => {
    const digests = Object.fromEntries(
      Object.entries(presets).map(([name, preset]) => [
        name,
        [0, 1, 2].map((index) => digest(apply(picture(48, 40), sample(preset, 7, index)).lrUp)).join(' '),
      ]),
    );
    expect(digests).toEqual(knownBits);
  });

  test.each([
    [1, 1],
    [1, 37],
    [37, 1],
    [2, 3],
  ])('every preset takes %i x %i pixels', (width, height) => {
    for (const preset of Object.values(presets)) {
      for (let index = 0; index < 3; index++) {
        const { hr, lrUp } = apply(
          picture(width, height),
          sample({ ...preset, hr: { width, height } }, 3, index),
        );
        expect([lrUp.width, lrUp.height]).toEqual([hr.width, hr.height]);
      }
    }
  });

  test('refuses what is no image', () => {
    expect(() => apply({} as Image, sample(small, 1))).toThrow(
      expect.objectContaining({ code: 'bad-image' }),
    );
  });

  test('refuses to make an image too large', () => {
    const huge = { steps: [{ op: 'resize' as const, scale: 64 }] };
    expect(() => apply(createImage({ width: 400, height: 400, channels: 3 }), sample(huge, 1))).toThrow(
      '25600 x 25600 pixels are more than',
    );
  });
});

describe('a wrong recipe is refused with the place in it', () => {
  const noise = { op: 'noise', sigma: 3 };
  test.each<[unknown, string]>([
    [undefined, 'expected an object for recipe, got undefined'],
    [{}, 'expected a list of at most 256 steps for recipe.steps, got undefined'],
    [{ step: [] }, 'for recipe, got "step"'],
    [{ steps: [noise], name: 3 }, 'expected text for recipe.name, got 3'],
    [{ steps: [noise, { op: 'blurr' }] }, 'for recipe.steps[1].op, got "blurr"'],
    [{ steps: [{ op: 'toString' }] }, 'for recipe.steps[0].op, got "toString"'],
    [
      { steps: [{ op: 'noise' }] },
      'expected number between 0 and 255 for recipe.steps[0].sigma, got undefined',
    ],
    [{ steps: [{ op: 'noise', sigma: -1 }] }, 'for recipe.steps[0].sigma, got -1'],
    [{ steps: [{ op: 'noise', sigma: 1, gray: true }] }, 'for recipe.steps[0], got "gray"'],
    [{ steps: [{ op: 'noise', sigma: 1, seed: 4 }] }, 'for recipe.steps[0], got "seed"'],
    [{ steps: [{ ...noise, probability: 1.5 }] }, 'for recipe.steps[0].probability, got 1.5'],
    [{ steps: [{ ...noise, grey: 'yes' }] }, 'expected true or false for recipe.steps[0].grey, got "yes"'],
    [
      { steps: [{ ...noise, sigma: { between: [3, 1] } }] },
      'in this order for recipe.steps[0].sigma.between',
    ],
    [
      { steps: [{ ...noise, sigma: { between: [3, 300] } }] },
      'for recipe.steps[0].sigma.between[1], got 300',
    ],
    [{ steps: [{ ...noise, sigma: { between: 3 } }] }, '[lowest, highest] for recipe.steps[0].sigma.between'],
    [{ steps: [{ ...noise, sigma: { uniform: [1, 3] } }] }, 'for recipe.steps[0].sigma, got "uniform"'],
    [{ steps: [{ ...noise, sigma: {} }] }, 'or an object with one of oneOf, between, integer'],
    [
      { steps: [{ ...noise, sigma: { oneOf: [] } }] },
      '1 to 256 choices for recipe.steps[0].sigma.oneOf, got []',
    ],
    [
      { steps: [{ ...noise, sigma: { oneOf: [1, { integer: [1, 2.5] }] } }] },
      'for recipe.steps[0].sigma.oneOf[1].integer[1], got 2.5',
    ],
    [
      { steps: [{ ...noise, sigma: { oneOf: [1, 2], weights: [1] } }] },
      'expected a list of 2 numbers, one a choice for recipe.steps[0].sigma.weights',
    ],
    [
      { steps: [{ oneOf: [noise], weights: [0] }] },
      'at least one number above 0 for recipe.steps[0].weights',
    ],
    [
      { steps: [{ oneOf: [noise, [noise, { op: 'median', size: 0 }]] }] },
      'for recipe.steps[0].oneOf[1][1].size, got 0',
    ],
    [{ steps: [{ op: 'median', size: { between: [3, 5] } }] }, 'for recipe.steps[0].size, got "between"'],
    [{ steps: [{ op: 'sinc', cutoff: 1, size: { integer: [3, 5] } }] }, 'for recipe.steps[0].size.integer'],
    [{ steps: [{ op: 'gaussian' }] }, 'at least one of sigma, size for recipe.steps[0], got []'],
    [
      { steps: [{ op: 'resize', scale: 1, size: 2 }] },
      'exactly one of scale, shrink, size for recipe.steps[0]',
    ],
    [{ steps: [{ op: 'jpeg' }] }, 'exactly one of quality, compression for recipe.steps[0], got []'],
    [{ steps: [], hr: { width: 0, height: 3 } }, 'for recipe.hr.width, got 0'],
    [{ steps: [], enlarge: { filter: 'cubic' } }, 'for recipe.enlarge.filter, got "cubic"'],
    [{ steps: [], enlarge: { filter: 'lanczos', rule: 'opencv' } }, 'for recipe.enlarge.rule, got "opencv"'],
    [
      { steps: [{ op: 'resize', size: 4, filter: 'lanczos', rule: 'opencv' }] },
      'for recipe.steps[0].rule, got "opencv"',
    ],
    [
      {
        steps: [
          {
            op: 'resize',
            size: 4,
            filter: { oneOf: ['area', { oneOf: ['bicubic', 'lanczos'] }] },
            rule: { oneOf: ['pillow', 'opencv'] },
          },
        ],
      },
      'pillow with the filter lanczos for recipe.steps[0].rule',
    ],
  ])('%j', (recipe, message) => {
    expect(() => sample(recipe as Recipe, 1)).toThrow(
      expect.objectContaining({ code: 'bad-config', message: expect.stringContaining(message) as string }),
    );
  });

  test('a circle, and choices without end', () => {
    const circle: { oneOf: unknown[] } = { oneOf: [] };
    circle.oneOf.push(circle);
    expect(() => sample({ steps: [circle] } as unknown as Recipe, 1)).toThrow(
      'at most 12 choices within each other',
    );
  });

  test('whatever JSON it is, sample gives parameters that apply takes, or a typed error', () => {
    const step = fc.oneof(
      fc.constantFrom(...small.steps, ...presets['real-esrgan'].steps, ...presets.gfpgan.steps),
      fc.record(
        {
          op: fc.constantFrom('noise', 'jpeg', 'resize', 'average', 'sinc'),
          sigma: fc.oneof(fc.double(), fc.record({ between: fc.array(fc.integer({ min: -2, max: 9 })) })),
          size: fc.integer({ min: -3, max: 40 }),
          quality: fc.integer({ min: -3, max: 120 }),
          cutoff: fc.double({ min: 0, max: 4 }),
          probability: fc.double(),
        },
        { requiredKeys: ['op'] },
      ),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4 }), fc.nat(), (steps, seed) => {
        expect(['6 x 5', 'bad-config', 'bad-argument']).toContain(outcome({ steps } as Recipe, seed));
      }),
      { numRuns: 200 },
    );
  });
});

test.each<[unknown, string]>([
  [null, 'expected an object for parameters, got null'],
  [{ seed: 1, index: 0, steps: [] }, 'expected an object for parameters.enlarge, got undefined'],
  [{ seed: 1, index: 0, steps: 3, enlarge: {} }, 'for parameters.steps, got 3'],
  [
    { seed: 1, index: 0, steps: [{ op: 'noise', sigma: { between: [1, 2] }, seed: 1 }], enlarge: {} },
    'for parameters.steps[0].sigma, got Object',
  ],
  [
    { seed: 1, index: 0, steps: [{ op: 'noise', sigma: 1 }], enlarge: {} },
    'for parameters.steps[0].seed, got undefined',
  ],
  [{ seed: -1, index: 0, steps: [], enlarge: {} }, 'for parameters.seed, got -1'],
])('wrong parameters are refused with the place in them', (parameters, message) => {
  expect(() => apply(picture(2, 2), parameters as Parameters)).toThrow(
    expect.objectContaining({ code: 'bad-config', message: expect.stringContaining(message) as string }),
  );
});

/** The size of the result, or the code of the error. */
function outcome(recipe: Recipe, seed: number): unknown {
  try {
    const { lrUp } = apply(picture(6, 5), sample(recipe, seed));
    return `${lrUp.width} x ${lrUp.height}`;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

function digest({ width, height, data }: Image): string {
  return createHash('sha256').update(`${width}x${height}`).update(data).digest('hex').slice(0, 12);
}
