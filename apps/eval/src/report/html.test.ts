import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { html, jsonMarkup, type HtmlValue } from './html.ts';

test('values are text, markup stays markup, lists are joined and nothing is nothing', () => {
  const list: HtmlValue = ['<b>', html`<i>${'"'}</i>`, 3, null, undefined, false];
  expect(html`<p title="${`"'`}">${list}</p>`.toString()).toBe(
    '<p title="&#34;&#39;">&#60;b&#62;<i>&#34;</i>3</p>',
  );
});

test('what only looks like markup is text', () => {
  const forged = { toString: () => '<script>' } as unknown as string;
  expect(html`${forged}`.toString()).toBe('&#60;script&#62;');
});

test('no text ends an element, an attribute or a block of JSON', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '/', 'script', '!--') }),
      (text) => {
        expect(html`${text}`.toString()).not.toMatch(/[<>"']/);
        expect(jsonMarkup({ text }).toString()).not.toContain('<');
        expect(JSON.parse(jsonMarkup({ text }).toString())).toEqual({ text });
      },
    ),
  );
});
