// The page: a recipe of constant values, changed by sliders or as text, applied to a photo as you go.
import { resize as resizeLikePillow, type Image } from '@sparnet/image';
import { decodeImage } from '@sparnet/image/browser';
import {
  apply,
  checkRecipe,
  presets,
  sample,
  type DrawnStep,
  type PresetName,
  type Recipe,
  type StepName,
} from '../src/index.ts';
import { samplePhoto } from './sample-photo.ts';
import { freshSteps, stepControls } from './step-controls.ts';

/** Larger photos are shrunk, so that sliders answer at once. */
const longestSide = 512;

const element = <T extends HTMLElement>(id: string): T => document.querySelector<T>(`#${id}`)!;
const preset = element<HTMLSelectElement>('preset');
const seed = element<HTMLInputElement>('seed');
const more = element<HTMLSelectElement>('more');
const text = element<HTMLTextAreaElement>('recipe');
const problem = element('problem');

let photo = samplePhoto();
let recipe: Recipe = { steps: [] };

preset.append(...Object.keys(presets).map((name) => new Option(name)));
preset.value = 'sparnethd';
more.append(...Object.keys(freshSteps).map((name) => new Option(name)));
preset.addEventListener('input', draw);
seed.addEventListener('input', draw);
element('draw').addEventListener('click', () => {
  seed.valueAsNumber += 1;
  draw();
});
element('add').addEventListener('click', () => {
  setRecipe({ ...recipe, steps: [...recipe.steps, structuredClone(freshSteps[more.value as StepName])] });
});
element('copy').addEventListener('click', () => void navigator.clipboard.writeText(text.value));
text.addEventListener('input', () => attempt(() => setRecipe(checkRecipe(JSON.parse(text.value)), text)));
element<HTMLInputElement>('photo').addEventListener('input', (event) => {
  const [file] = (event.target as HTMLInputElement).files ?? [];
  if (file) void decodeImage(file).then(setPhoto, complain);
});
draw();

/** Draws the preset, and makes a recipe of what was drawn. */
function draw(): void {
  attempt(() => {
    const { hr, steps, enlarge } = sample(presets[preset.value as PresetName], seed.valueAsNumber);
    const withoutSeeds = steps.map((step): DrawnStep => {
      const { seed: _, ...values } = step as typeof step & { seed?: number };
      return values;
    });
    setRecipe({ ...(hr && { hr }), steps: withoutSeeds, enlarge });
  });
}

function setPhoto(image: Image): void {
  const scale = Math.min(1, longestSide / Math.max(image.width, image.height));
  const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round(side * scale)));
  photo = resizeLikePillow(image, { width: width!, height: height! });
  show();
}

/** Takes over a recipe, builds its controls and shows what it does. */
function setRecipe(next: Recipe, writtenBy?: HTMLElement): void {
  recipe = next;
  if (writtenBy !== text) writeText();
  const controls = recipe.steps.map((step, i) => {
    // Drawn values have no slider; they are changed in the text.
    if ('oneOf' in step) return document.createTextNode('');
    return stepControls(step, (changed) => {
      if (changed) {
        writeText();
        show();
      } else setRecipe({ ...recipe, steps: recipe.steps.filter((_, other) => other !== i) });
    });
  });
  element('steps').replaceChildren(...controls);
  show();
}

function writeText(): void {
  text.value = JSON.stringify(recipe, undefined, 2);
}

function show(): void {
  attempt(() => {
    const { hr, lr, lrUp } = apply(photo, sample(recipe, seed.valueAsNumber));
    paint('before', hr);
    paint('after', lrUp);
    paint('lr', lr);
    element('size').textContent = `${lr.width} x ${lr.height} pixels`;
  });
}

function paint(id: string, { width, height, data }: Image): void {
  const canvas = element<HTMLCanvasElement>(id);
  canvas.width = width;
  canvas.height = height;
  const pixels = new ImageData(width, height);
  for (let i = 0, from = 0; i < pixels.data.length; i += 4, from += 3) {
    pixels.data.set(data.subarray(from, from + 3), i);
    pixels.data[i + 3] = 255;
  }
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
}

function attempt(action: () => void): void {
  try {
    problem.textContent = '';
    action();
  } catch (error) {
    complain(error);
  }
}

function complain(error: unknown): void {
  problem.textContent = (error as Error).message;
}
