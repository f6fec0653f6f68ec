import { html, jsonMarkup, type Html } from './html.ts';

/** A cell of a table. */
export interface Cell {
  text: string;
  /** Small print with it, such as an interval. */
  notes?: readonly string[];
  /** The best of its column. */
  best?: boolean;
  /** The number of the method whose colour stands beside it. */
  series?: number;
}

export interface Table {
  caption: string;
  head: readonly Cell[];
  /** The first cell of a row is its heading. */
  rows: readonly (readonly Cell[])[];
}

/** A table that scrolls by itself where it is wider than the page, with a button that copies it as Markdown. */
export function tableMarkup(table: Table): Html {
  const { caption, head, rows } = table;
  return html`<div class="table">
    <div class="scroll" role="region" aria-label="${caption}" tabindex="0">
      <table>
        <caption>
          ${caption}
        </caption>
        <thead>
          <tr>
            ${head.map((cell) => html`<th scope="col">${content(cell)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell, index) => (index === 0 ? html`<th scope="row">${content(cell)}</th>` : body(cell)))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <button type="button" class="copy" hidden>Copy as Markdown</button>
    <script type="application/json" class="markdown">
      ${jsonMarkup(tableMarkdown(table))}
    </script>
  </div>`;
}

/** The table in Markdown, without its caption; the best of a column is bold. */
export function tableMarkdown({ head, rows }: Table): string {
  const line = (cells: readonly Cell[]): string => `| ${cells.map(markdownCell).join(' | ')} |`;
  const rule = `| ${head.map((_, index) => (index === 0 ? '---' : '---:')).join(' | ')} |`;
  return `${[line(head), rule, ...rows.map(line)].join('\n')}\n`;
}

function body(cell: Cell): Html {
  return html`<td ${cell.best && html`class="best"`}>${content(cell)}</td>`;
}

function content({ text, notes = [], best, series }: Cell): Html {
  return html`${series !== undefined && html`<span class="swatch s${series % 8}"></span>`}${
    best
      ? html`<strong>${text}</strong
          ><span class="mark"><span aria-hidden="true">★</span><span class="unseen"> best</span></span>`
      : text
  }${notes.map((note) => html` <small>${note}</small>`)}`;
}

function markdownCell({ text, notes = [], best }: Cell): string {
  const shown = best ? `**${markdownText(text)}**` : markdownText(text);
  return [shown, ...notes.map(markdownText)].join(' ');
}

/** Text that means itself in Markdown. */
function markdownText(text: string): string {
  return text.replaceAll(/[\\`*_|<>[\]]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ');
}
