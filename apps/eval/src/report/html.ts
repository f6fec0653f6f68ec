/** Markup that is safe to put into a page as it is. A class, so that no value read from a file can pass for it. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What {@link html} takes between its pieces; lists are joined, `null`, `undefined` and `false` are nothing. */
export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[];

/**
 * Markup from a template: `` html`<td>${name}</td>` ``. Every value is escaped for text and for quoted attributes, but
 * for those that are {@link Html} themselves.
 */
export function html(pieces: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(pieces.reduce((markup, piece, index) => markup + markupOf(values[index - 1]) + piece));
}

/**
 * A value as JSON for a `<script type="application/json">` block: no text in it can end the block.
 *
 * @param value - Anything that JSON can hold.
 */
export function jsonMarkup(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll('<', String.raw`\u003c`));
}

function markupOf(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return (value as readonly HtmlValue[]).map(markupOf).join('');
  return String(value).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
