import { axisOf, horizontalAxis, short, verticalAxis } from './axis.ts';
import { html, type Html } from './html.ts';
import type { Validation } from '../training/run-log.ts';
import type { Ablation, AblationRun } from './read-ablation.ts';
import { scoreText } from './score-text.ts';
import { tableMarkup, type Cell } from './table.ts';

const psnr = { higherIsBetter: true, unit: 'dB', range: [0, 'Infinity'] } as const;
const ssim = { higherIsBetter: true, range: [-1, 1] } as const;

const chart = { width: 400, side: 14 };

/** Networks trained alike: their sizes and results in a table, gains over bicubic as bars, learning as curves. */
export function ablationSection({ name, runs }: Ablation): Html {
  return html`<section>
    <h2>Ablation: ${name}</h2>
    <p>
      ${runs.length} networks, trained on the same pictures with the same seed. PSNR and SSIM are means over
      the validation pictures, after the last step that was validated.
    </p>
    ${resultTable(runs)}
    <div class="charts">${gainChart(runs)} ${learningChart(runs)}</div>
  </section>`;
}

function resultTable(runs: readonly AblationRun[]): Html {
  const best = {
    psnr: Math.max(...runs.map((run) => last(run).psnr)),
    ssim: Math.max(...runs.map((run) => last(run).ssim)),
  };
  const marks = new Set(runs.map((run) => last(run).step)).size === 1 && runs.length > 1;
  const { bicubic } = last(runs[0]!);
  const head = [
    'Network',
    'Parameters',
    'Multiply-adds',
    'Steps',
    'PSNR, dB ↑',
    'SSIM ↑',
    'Gain over bicubic, dB',
  ];
  const empty = { text: '–' };
  return tableMarkup({
    caption: 'Networks of the ablation',
    head: head.map((text) => ({ text })),
    rows: [
      [
        { text: 'bicubic' },
        empty,
        empty,
        empty,
        { text: scoreText(bicubic.psnr, psnr) },
        { text: scoreText(bicubic.ssim, ssim) },
        empty,
      ],
      ...runs.map((run, series): Cell[] => {
        const result = last(run);
        return [
          { text: run.preset, series, ...(!run.size && { notes: ['not done'] }) },
          { text: run.size ? `${(run.size.parameters / 1e6).toFixed(2)} M` : '–' },
          { text: run.size ? `${(run.size.multiplyAdds / 1e9).toFixed(2)} G` : '–' },
          { text: String(result.step) },
          { text: scoreText(result.psnr, psnr), best: marks && result.psnr === best.psnr },
          { text: scoreText(result.ssim, ssim), best: marks && result.ssim === best.ssim },
          { text: scoreText(gain(run), psnr, { sign: true }) },
        ];
      }),
    ],
  });
}

function gainChart(runs: readonly AblationRun[]): Html {
  const row = 42;
  const bottom = runs.length * row;
  const axis = axisOf([0, ...runs.map(gain)], { from: chart.side, to: chart.width - chart.side });
  const zero = axis.place(0);
  return html`<figure class="chart">
    <figcaption><h3>PSNR over bicubic, dB</h3></figcaption>
    <svg
      viewBox="0 0 ${chart.width} ${bottom + 24}"
      role="img"
      aria-label="Gain in PSNR over bicubic by network; the numbers are in the table"
    >
      ${horizontalAxis(axis, { top: 4, bottom })}
      ${runs.map((run, index) => {
        const end = axis.place(gain(run));
        const top = index * row;
        return html`<path
          class="bars s${index % 8}"
          d="M${short(zero)} ${top + 22}H${short(end)}v14H${short(zero)}Z"
        />`;
      })}
      <path class="zero" d="M${short(zero)} 4V${bottom}" />
      ${runs.map(
        (run, index) =>
          html`<text x="${chart.side}" y="${index * row + 17}" class="label"
            >${run.preset} <tspan class="faint">${scoreText(gain(run), psnr, { sign: true })}</tspan></text
          >`,
      )}
    </svg>
  </figure>`;
}

function learningChart(runs: readonly AblationRun[]): Html {
  const frame = { left: 44, right: chart.width - 12, top: 10, bottom: 270 };
  const points = runs.flatMap(({ validations }) => validations);
  const { bicubic } = last(runs[0]!);
  const steps = axisOf([0, ...points.map(({ step }) => step)], {
    from: frame.left,
    to: frame.right,
    atMost: 5,
  });
  const quality = axisOf([bicubic.psnr, ...points.map((point) => point.psnr)], {
    from: frame.bottom,
    to: frame.top,
  });
  const line = ({ validations }: AblationRun): string =>
    validations
      .map((point) => `${short(steps.place(point.step))} ${short(quality.place(point.psnr))}`)
      .join('L');
  const level = short(quality.place(bicubic.psnr));
  return html`<figure class="chart">
    <figcaption><h3>PSNR of the validation by steps, dB</h3></figcaption>
    <svg
      viewBox="0 0 ${chart.width} ${frame.bottom + 24}"
      role="img"
      aria-label="PSNR by training steps of ${runs.map(({ preset }) => preset).join(', ')}"
    >
      ${horizontalAxis(steps, frame)} ${verticalAxis(quality, frame)}
      <path class="zero dashed" d="M${frame.left} ${level}H${frame.right}" />
      ${runs.map(
        (run, index) =>
          html`<g class="s${index % 8} ${index >= 8 && 'dashed'}">
            <path class="curve" d="M${line(run)}" />${run.validations.map(
              (point) =>
                html`<circle
                  cx="${short(steps.place(point.step))}"
                  cy="${short(quality.place(point.psnr))}"
                  r="2.5"
                  ><title>${run.preset}, step ${point.step}: ${scoreText(point.psnr, psnr)} dB</title></circle
                >`,
            )}
          </g>`,
      )}
    </svg>
    <ul class="legend">
      ${runs.map(({ preset }, index) => html`<li><span class="swatch s${index % 8} ${index >= 8 && 'open'}"></span>${preset}</li>`)}
      <li><span class="rule"></span>bicubic</li>
    </ul>
  </figure>`;
}

function last({ validations }: AblationRun): Validation {
  return validations.at(-1)!;
}

function gain(run: AblationRun): number {
  return last(run).psnr - last(run).bicubic.psnr;
}
