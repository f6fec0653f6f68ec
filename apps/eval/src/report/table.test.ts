import { expect, test } from 'vitest';
import { tableMarkdown, tableMarkup } from './table.ts';

const table = {
  caption: 'Scores',
  head: [{ text: 'Method' }, { text: 'PSNR' }],
  rows: [[{ text: 'a|b <c>\n*d*' }, { text: '20', notes: ['[19, 21]'], best: true }]],
};

test('Markdown that means what the table shows', () => {
  expect(tableMarkdown(table)).toBe(
    '| Method | PSNR |\n| --- | ---: |\n| a\\|b \\<c\\> \\*d\\* | **20** \\[19, 21\\] |\n',
  );
});

test('the page carries it as JSON', () => {
  const [, json = ''] = /class="markdown">([\s\S]*?)<\/script>/.exec(tableMarkup(table).toString()) ?? [];
  expect(JSON.parse(json)).toBe(tableMarkdown(table));
});
