// Our side of the comparison: does the jobs that come in on stdin, a line of JSON each.
import {
  apply,
  averageBlur,
  gaussianBlur,
  gaussianNoise,
  generalisedGaussianBlur,
  jpegArtifacts,
  medianBlur,
  motionBlur,
  presets,
  resize,
  sample,
  sincBlur,
} from '@sparnet/degrade';
import type { Step, StepName } from '@sparnet/degrade';
import { createImage, type Image } from '@sparnet/image';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Done, Job } from './degrade-job.ts';
import { side } from './degrade-pictures.ts';

const primitives: Partial<Record<StepName, (image: Image, step: never) => Image>> = {
  average: averageBlur,
  gaussian: gaussianBlur,
  'generalised-gaussian': generalisedGaussianBlur,
  jpeg: jpegArtifacts,
  median: medianBlur,
  motion: motionBlur,
  noise: gaussianNoise,
  resize: (image, { size, ...how }: { size: number }) => resize(image, { width: size, height: size, ...how }),
  sinc: sincBlur,
};

function run(pictures: readonly Image[], job: Job): Done {
  const picture = pictures[job.picture] as Image;
  const start = performance.now();
  const image =
    'preset' in job
      ? apply(picture, sample(presets[job.preset], job.parameters.seed, job.parameters.index)).lrUp
      : runStep(picture, job.step);
  return { seconds: (performance.now() - start) / 1000, ...momentsOf(image) };
}

function runStep(picture: Image, step: Step): Image {
  const primitive = primitives[step.op] as (image: Image, step: Step) => Image;
  return primitive(picture, step);
}

function momentsOf({ data }: Image): { mean: number; deviation: number } {
  let sum = 0;
  let squares = 0;
  for (const level of data) {
    sum += level;
    squares += level * level;
  }
  const mean = sum / data.length;
  return { mean, deviation: Math.sqrt(squares / data.length - mean * mean) };
}

const bytes = readFileSync(process.argv[2] as string);
const size = 3 * side * side;
const pictures = Array.from({ length: bytes.length / size }, (_, i) =>
  createImage({
    width: side,
    height: side,
    channels: 3,
    data: Uint8Array.from(bytes.subarray(i * size, (i + 1) * size)),
  }),
);
process.stdout.write(`${JSON.stringify({ name: `@sparnet/degrade, Node ${process.version}` })}\n`);
for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(run(pictures, JSON.parse(line) as Job))}\n`);
