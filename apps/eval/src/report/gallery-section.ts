import type { EvaluationResult, GalleryEntry } from '../result.ts';
import { html, type Html } from './html.ts';
import { metricInfo } from './metrics-of.ts';
import { metricTitle, scoreText } from './score-text.ts';

const views = [
  { key: 'lr', label: 'LR' },
  { key: 'input', label: 'input' },
  { key: 'sr', label: 'SR' },
  { key: 'hr', label: 'HR' },
] as const;

const places = { best: 'Best', median: 'Median', worst: 'Worst' };

/**
 * The pictures that stand for each method: LR, input, SR and HR beside each other. The page's script makes sliders of
 * them; without it, and on paper, they stay as they are. Nothing when no result has any.
 */
export function gallerySection(results: readonly EvaluationResult[]): Html | null {
  const shown = results.filter(({ gallery }) => gallery.length > 0);
  if (shown.length === 0) return null;
  return html`<section class="gallery">
    <h2>Pictures</h2>
    <p>
      The best, the median and the worst pictures of each method. The input is the LR picture enlarged by
      bicubic interpolation; SR is what the method made of it, HR the original.
    </p>
    <fieldset class="pairs" hidden>
      <legend>Compare</legend>
      <label><input type="radio" name="pair" value="input sr" checked /> input and SR</label>
      <label><input type="radio" name="pair" value="sr hr" /> SR and HR</label>
      <label><input type="radio" name="pair" value="input hr" /> input and HR</label>
    </fieldset>
    ${shown.map(
      (result) =>
        html`<h3>${result.name}</h3>
          ${tooFew(result)}
          <div class="cards">${result.gallery.map((entry) => card(entry, result))}</div>`,
    )}
    ${withoutPictures(results)}
  </section>`;
}

/** Best, median and worst share no picture, so that few pictures don't fill all three. */
function tooFew({ gallery }: EvaluationResult): Html | null {
  const kept = Object.keys(places).map((place) => gallery.filter((entry) => entry.place === place).length);
  if (new Set(kept).size === 1) return null;
  const pictures = gallery.length === 1 ? 'picture was' : 'pictures were';
  return html`<p>
    Only ${gallery.length} ${pictures} measured: too few for ${Math.max(...kept)} best, median and worst each.
  </p>`;
}

function withoutPictures(results: readonly EvaluationResult[]): Html | null {
  const names = results.flatMap(({ name, gallery }) => (gallery.length > 0 ? [] : [name]));
  if (names.length === 0) return null;
  return html`<p>
    No pictures were kept of ${names.join(', ')}; <code>eval evaluate --gallery N</code> does.
  </p>`;
}

function card(entry: GalleryEntry, result: EvaluationResult): Html {
  const info = Object.hasOwn(result.metrics, entry.metric) ? metricInfo([result], entry.metric) : null;
  const score = info && `${metricTitle(entry.metric, info)}: ${scoreText(entry.score, info)}`;
  return html`<figure class="card" data-name="${entry.name}">
    <figcaption><strong>${places[entry.place]}</strong> ${entry.name} <small>${score}</small></figcaption>
    <div class="strip">
      ${views.map(
        ({ key, label }) =>
          html`<div>
            <img
              src="${entry[key]}"
              alt="${label} of ${entry.name}, ${result.name}"
              data-view="${key}"
            /><span>${label}</span>
          </div>`,
      )}
    </div>
  </figure>`;
}
