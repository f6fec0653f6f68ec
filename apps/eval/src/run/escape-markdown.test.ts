import { expect, test } from 'vitest';
import { codeSpan, escapeMarkdown } from './escape-markdown.ts';
import { markdownTable } from './text-table.ts';

test.each([
  'face-x2',
  'sparnet-x8, ensemble flip',
  'my model (v2) [new] 1.5*x_y & co',
  '#1',
  '-',
  '+0.5',
  '5 > 4',
  '0.5 (0.4 .. 0.6)',
  'Größe 顔',
])('an ordinary name stays as it is: %s', (name) => {
  expect(escapeMarkdown(name)).toBe(name);
  expect(codeSpan(name)).toBe(`\`${name}\``);
});

test.each([
  ['<img src=x onerror=alert(1)>', '\\<img src=x onerror=alert(1)>'],
  ['a|b', 'a\\|b'],
  ['a\\|b', 'a\\\\\\|b'],
  ['a\r\n\r\n# Head', 'a # Head'],
  ['\n# Head', '\\# Head'],
  ['a\u2028b', 'a b'],
  ['    code', 'code'],
  ['> said', '\\> said'],
  ['- item', '\\- item'],
  ['1. item', '1\\. item'],
  ['~~~', '\\~~~'],
  ['`<b>`', '\\`\\<b>\\`'],
  ['![x](http://a)', '![x\\](http://a)'],
  ['[^1]', '\\[^1]'],
  ['&lt;b&gt;', '\\&lt;b\\&gt;'],
])('a name that Markdown would read is told: %j', (name, expected) => {
  expect(escapeMarkdown(name)).toBe(expected);
});

test.each([
  ['a`b', '`` a`b ``'],
  ['``', '``` `` ```'],
  ['a\nb|<', '`a b|<`'],
])('code holds any name: %j', (name, expected) => {
  expect(codeSpan(name)).toBe(expected);
});

test('no name adds a line or a cell to a table', () => {
  const table = markdownTable([['method'], ['a\n| b | <script>'], ['c\\|d']]);
  expect(table).toBe('| method |\n| --- |\n| a \\| b \\| \\<script> |\n| c\\\\\\|d |\n');
});
