import type { EvaluationResult } from '../result.ts';
import { differencesBetween, lrSource } from '../comparability.ts';
import { html, type Html, type HtmlValue } from './html.ts';

const protocols: Record<EvaluationResult['protocol'], string> = {
  sparnet: 'sparnet: luminance of BT.601, truncated to 8 bits, as the released code of SPARNet',
  matlab:
    "matlab: luminance of BT.601, not rounded, as MATLAB's rgb2ycbcr gives it for floating-point pictures",
  'matlab-uint8':
    "matlab-uint8: luminance of BT.601, rounded to 8 bits, as MATLAB's rgb2ycbcr gives it for 8-bit pictures",
  rgb: 'rgb: all three channels',
};

/** What was measured, how, on what, and what was left out; with a warning where results can't be compared. */
export function headerSection(results: readonly EvaluationResult[]): Html {
  const differences = differencesBetween(results);
  return html`${
      differences.length > 0 &&
      html`<div class="warning" role="note">
        <p><strong>These results were not measured alike</strong>, so that no best one is marked.</p>
        <ul>
          ${differences.map((difference) => html`<li>${difference}</li>`)}
        </ul>
      </div>`
    }
    <dl class="facts">
      ${fact('Methods', results, ({ name, inputs }) => (name === inputs.model ? name : `${name} (${inputs.model})`), true)}
      ${fact('Pictures', results, measured)} ${fact('HR', results, originalsOf)} ${fact('LR', results, lrOf)}
      ${
        results.some(({ scale }) => scale !== undefined) &&
        fact('Scale', results, ({ scale }) => (scale === undefined ? '–' : `×${scale}`))
      }
      ${fact('Protocol', results, ({ protocol }) => protocols[protocol])}
      ${fact('Border left out', results, ({ border }) => (border === 0 ? 'none' : `${border} pixels at each side`))}
    </dl>
    ${skippedLists(results)}`;
}

/** A fact about the results: said once where all agree, else a method a line. */
function fact(
  title: string,
  results: readonly EvaluationResult[],
  textOf: (result: EvaluationResult) => string,
  each = false,
): Html {
  const texts = results.map(textOf);
  const agree = new Set(texts).size === 1;
  const said: HtmlValue = each
    ? texts.map((text) => html`<dd>${text}</dd>`)
    : agree
      ? html`<dd>${texts[0]}</dd>`
      : results.map(({ name }, index) => html`<dd>${name}: ${texts[index]}</dd>`);
  return html`<div>
    <dt>${title}</dt>
    ${said}
  </div>`;
}

function measured({ count, shard, skipped }: EvaluationResult): string {
  const part = shard ? `, only part ${shard.index} of ${shard.of}` : '';
  return `${count}${part}${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`;
}

function originalsOf({ inputs: { hr, size }, fitted, count }: EvaluationResult): string {
  if (fitted === 0 || size === undefined) return hr;
  return `${hr}, ${fitted === count ? 'all' : fitted} cropped and resized to ${size} x ${size}`;
}

function lrOf(result: EvaluationResult): string {
  const source = lrSource(result);
  if (source === undefined) return 'not known; the SR pictures were made elsewhere';
  if (result.inputs.lr !== undefined) return source;
  return `made from HR by ${source === 'bicubic' ? 'bicubic shrinking' : source}`;
}

/** The pictures left out and why; methods that left out the same ones share a list. */
function skippedLists(results: readonly EvaluationResult[]): Html[] {
  const lists = new Map(results.map(({ skipped }) => [JSON.stringify(skipped), skipped]));
  return [...lists].flatMap(([key, skipped]) => {
    if (skipped.length === 0) return [];
    const sharing = results.filter((result) => JSON.stringify(result.skipped) === key);
    const names = sharing.length === results.length ? '' : ` (${sharing.map(({ name }) => name).join(', ')})`;
    return html`<details>
      <summary>${skipped.length} skipped${names}</summary>
      <ul>
        ${skipped.map((each) => html`<li><code>${each.name}</code>: ${each.reason}</li>`)}
      </ul>
    </details>`;
  });
}
