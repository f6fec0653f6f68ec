import type { EvaluationResult } from '../result.ts';
import { ablationSection } from './ablation-section.ts';
import { distributionSection } from './distribution-section.ts';
import { errorMapSection } from './error-map-section.ts';
import { gallerySection } from './gallery-section.ts';
import { headerSection } from './header-section.ts';
import { html } from './html.ts';
import { pageAssets } from './page-assets.ts';
import { pairedSection } from './paired-section.ts';
import type { Ablation } from './read-ablation.ts';
import { scoreSection } from './score-section.ts';

/** What a report is made from. */
export interface ReportContent {
  title: string;
  /** Shown as it is; a report without one does not say when it was made. */
  date?: string;
  results: readonly EvaluationResult[];
  ablations: readonly Ablation[];
}

/**
 * A report as one HTML page that loads nothing: equal content gives equal bytes. Names and paths in it are text, whatever
 * they hold.
 *
 * @throws SparnetError `bad-state` when the state of an error map is damaged.
 */
export async function reportPage({ title, date, results, ablations }: ReportContent): Promise<string> {
  const { style, script, policy } = pageAssets();
  const maps = await errorMapSection(results);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${style}
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          ${date !== undefined && html`<p>${date}</p>`} ${results.length > 0 && headerSection(results)}
        </header>
        <main>
          ${
            results.length > 0 && [
              scoreSection(results),
              distributionSection(results),
              pairedSection(results),
              maps,
              gallerySection(results),
            ]
          }
          ${ablations.map(ablationSection)}
        </main>
        ${script}
      </body>
    </html> `;
  return `${page.toString().trim()}\n`;
}
