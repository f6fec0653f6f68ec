import type { ModelSize } from '../training/model-size.ts';
import type { MetricInfo, EvaluationResult } from '../result.ts';
import { codeSpan, escapeMarkdown } from '../run/escape-markdown.ts';
import { identificationText } from '../run/identification-text.ts';
import { landmarkText } from '../run/landmark-text.ts';
import { showInterval, showMetric, showScore } from '../run/show-score.ts';
import { markdownTable } from '../run/text-table.ts';
import { shownInterval } from '../statistics/summarise.ts';
import { besideText, type Beside } from './beside-text.ts';
import type { CurvePoint, Training } from './read-training.ts';
import type { PhotographSet } from './photograph-sets.ts';
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
  /** Results of the model, and of what it is compared with. */
  sets: readonly PhotographSet[];
}

/** Lines of the curve: more tell no more. */
const mostPoints = 24;

/** A model card in Markdown. */
export function cardText({ title, about, file, size, training, beside, sets }: Card): string {
  const network = [
    `${(size.parameters / 1e6).toFixed(2)} million parameters`,
    `${(size.multiplyAdds / 1e9).toFixed(2)} 10^9 multiply-adds an image`,
    `${codeSpan(file.name)}: ${file.bytes.toLocaleString('en')} bytes, SHA-256 \`${file.sha256}\``,
  ];
  const parts = [
    `# ${escapeMarkdown(title)}`,
    ...(about === undefined ? [] : [about.trim()]),
    `## Network\n\n${network.map((fact) => `- ${fact}\n`).join('')}`,
    ...(sets.length === 0 ? [] : [`## Measured\n\n${scores(sets)}`]),
    ...(training ? [`## Training\n\n${trained(training, beside)}`] : []),
  ];
  return `${parts.map((part) => part.trimEnd()).join('\n\n')}\n`;
}

/** A table for each set of photographs: methods by metrics, means with their 95 % intervals. */
function scores(sets: readonly PhotographSet[]): string {
  const tables = sets.map(({ words, results }) => {
    const metrics = metricsOf(results);
    const head = ['', ...[...metrics].map(([metric, info]) => showMetric(metric, info))];
    const rows = results.map((result) => [
      methodOf(result),
      ...[...metrics.keys()].map((metric) => scoreWithInterval(result, metric)),
    ]);
    const recognised = remarks('Identity', results, ({ identification }) =>
      identification ? identificationText(identification) : undefined,
    );
    const landmarks = remarks('Landmarks', results, landmarkText);
    return `${words}:\n\n${markdownTable([head, ...rows])}${recognised}${landmarks}`;
  });
  return tables.join('\n');
}

/** Those of all results, in the order in which they first appear. */
function metricsOf(results: readonly EvaluationResult[]): Map<string, MetricInfo> {
  const metrics = new Map<string, MetricInfo>();
  for (const result of results) {
    for (const [metric, info] of Object.entries(result.metrics))
      if (!metrics.has(metric)) metrics.set(metric, info);
  }
  return metrics;
}

/** A list with what there is to say of each method, under a title; nothing when there is nothing to say of any. */
function remarks(
  title: string,
  results: readonly EvaluationResult[],
  say: (result: EvaluationResult) => string | undefined,
): string {
  const lines = results.flatMap((result) => {
    const said = say(result);
    return said === undefined ? [] : `- ${escapeMarkdown(methodOf(result))}: ${said}.\n`;
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
