import { basename } from 'node:path';
import type { ModelSize } from '../training/model-size.ts';
import { lrSource } from '../comparability.ts';
import type { EvaluationResult } from '../result.ts';
import { identificationText } from '../run/identification-text.ts';
import { landmarkText } from '../run/landmark-text.ts';
import { showInterval, showMetric, showScore } from '../run/show-score.ts';
import { markdownTable } from '../run/text-table.ts';
import { shownInterval } from '../statistics/summarise.ts';
import { besideText, type Beside } from './beside-text.ts';
import type { CurvePoint, Training } from './read-training.ts';
import { signed } from './signed.ts';

/** What a card tells. */
export interface Card {
  title: string;
  /** Markdown of a person's own: what the model is for, its limits, the terms of its data. */
  about?: string | undefined;
  /** The file that is published. */
  file: { name: string; bytes: number; sha256: string };
  size: ModelSize;
  training?: Training | undefined;
  /** Another training that this one is held against. */
  beside?: Beside | undefined;
  /** Of the model, and of what it is compared with. */
  results: readonly EvaluationResult[];
}

/** Lines of the curve: more tell no more. */
const mostPoints = 24;

/** A model card in Markdown. */
export function cardText({ title, about, file, size, training, beside, results }: Card): string {
  const network = [
    `${(size.parameters / 1e6).toFixed(2)} million parameters`,
    `${(size.multiplyAdds / 1e9).toFixed(2)} 10^9 multiply-adds an image`,
    `\`${file.name}\`: ${file.bytes.toLocaleString('en')} bytes, SHA-256 \`${file.sha256}\``,
  ];
  const parts = [
    `# ${title}`,
    ...(about === undefined ? [] : [about.trim()]),
    `## Network\n\n${network.map((fact) => `- ${fact}\n`).join('')}`,
    ...(results.length === 0 ? [] : [`## Measured\n\n${scores(results)}`]),
    ...(training ? [`## Training\n\n${trained(training, beside)}`] : []),
  ];
  return `${parts.map((part) => part.trimEnd()).join('\n\n')}\n`;
}

/** A table for each set of photographs: methods by metrics, means with their 95 % intervals. */
function scores(results: readonly EvaluationResult[]): string {
  const sets = [...new Set(results.map(photographs))];
  const tables = sets.map((name) => {
    const measured = results.filter((result) => photographs(result) === name);
    const [first] = measured as [EvaluationResult, ...EvaluationResult[]];
    const head = ['', ...Object.entries(first.metrics).map(([metric, info]) => showMetric(metric, info))];
    const rows = measured.map((result) => [
      methodOf(result),
      ...Object.keys(first.metrics).map((metric) => scoreWithInterval(result, metric)),
    ]);
    const recognised = remarks('Identity', measured, ({ identification }) =>
      identification ? identificationText(identification) : undefined,
    );
    const landmarks = remarks('Landmarks', measured, landmarkText);
    return `${name}:\n\n${markdownTable([head, ...rows])}${recognised}${landmarks}`;
  });
  return tables.join('\n');
}

/** A list with what there is to say of each method, under a title; nothing when there is nothing to say of any. */
function remarks(
  title: string,
  results: readonly EvaluationResult[],
  say: (result: EvaluationResult) => string | undefined,
): string {
  const lines = results.flatMap((result) => {
    const said = say(result);
    return said === undefined ? [] : `- ${methodOf(result)}: ${said}.\n`;
  });
  return lines.length === 0 ? '' : `\n${title}:\n\n${lines.join('')}`;
}

function methodOf({ name, inputs: { ensemble } }: EvaluationResult): string {
  return ensemble === undefined ? name : `${name}, ensemble ${ensemble}`;
}

function scoreWithInterval({ summary, metrics }: EvaluationResult, metric: string): string {
  const [entry, info] = [summary[metric], metrics[metric]];
  if (!entry || !info) return '-';
  const interval = shownInterval(entry);
  const show = (score: Parameters<typeof showScore>[0]): string => showScore(score, info);
  return `${show(entry.mean)}${interval ? ` (${showInterval(interval, show)})` : ''}`;
}

/** In words, which photographs were measured and how: results with the same words share a table. */
function photographs(result: EvaluationResult): string {
  const { inputs, count, protocol, border } = result;
  const facts = [
    `${count} photographs of \`${basename(inputs.hr)}\``,
    ...(inputs.size === undefined ? [] : [`at ${inputs.size} x ${inputs.size}`]),
    ...lowPictures(result),
    `protocol ${protocol}`,
    ...(border > 0 ? [`border ${border}`] : []),
  ];
  return facts.join(', ');
}

/** How the LR pictures were made; nothing where only who made the SR pictures knows. */
function lowPictures(result: EvaluationResult): string[] {
  const { inputs, scale } = result;
  if (inputs.lr !== undefined) return [`LR pictures of \`${basename(inputs.lr)}\``];
  if (inputs.degrade !== undefined) return [`degraded by ${lrSource(result)}`];
  return scale === undefined ? [] : [`reduced by ${scale}`];
}

function trained({ settings, steps, images, hours, curve }: Training, beside: Beside | undefined): string {
  const facts = `${steps.toLocaleString('en')} steps, ${images.toLocaleString('en')} images seen, ${hours.toFixed(1)} hours.`;
  const runs = settings.map(
    (each, index) =>
      `${settings.length > 1 ? `Run ${index + 1} of ${settings.length}, \`trainer train --config\`` : 'Settings, as `trainer train --config` takes them'}:\n\n\`\`\`json\n${JSON.stringify(each, null, 1)}\n\`\`\`\n`,
  );
  const validations = curve.length === 0 ? '' : `${curveTable(curve)}\n`;
  const compared = beside ? `${besideText(thinned(curve), beside)}\n` : '';
  return `${facts}\n\n${validations}${compared}${runs.join('\n')}`;
}

function curveTable(curve: readonly CurvePoint[]): string {
  const head = ['images seen', 'hours', 'step', 'PSNR dB', 'over bicubic', 'SSIM', 'over bicubic'];
  const rows = thinned(curve).map(({ images, hours, step, psnr, ssim, bicubic }) => [
    images.toLocaleString('en'),
    hours.toFixed(2),
    String(step),
    psnr.toFixed(3),
    signed(psnr - bicubic.psnr, 3),
    ssim.toFixed(4),
    signed(ssim - bicubic.ssim, 4),
  ]);
  return `Validation while it learned:\n\n${markdownTable([head, ...rows])}`;
}

/** Some of many, evenly, and the last. */
function thinned<Item>(items: readonly Item[]): Item[] {
  const every = Math.ceil(items.length / mostPoints);
  return items.filter((_, index) => (items.length - 1 - index) % every === 0);
}
