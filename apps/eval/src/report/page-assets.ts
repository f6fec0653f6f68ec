import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Html } from './html.ts';

/** In the order in which they apply. */
const files = {
  style: [
    'colours.css',
    'text.css',
    'tables.css',
    'charts.css',
    'gallery.css',
    'slider.css',
    'zoom.css',
    'heat-maps.css',
  ],
  script: ['copy-table.js', 'slider.js', 'zoom.js'],
};

/** What a page carries along, and the policy that lets a browser run exactly that and load nothing. */
export interface PageAssets {
  style: Html;
  script: Html;
  /** For `Content-Security-Policy`. */
  policy: string;
}

/** The page's style and script from the files in `page/`. */
export function pageAssets(): PageAssets {
  const style = contents(files.style);
  const script = `'use strict';\n(() => {\n${contents(files.script)}})();\n`;
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return {
    style: new Html(`<style>${style}</style>`),
    script: new Html(`<script>${script}</script>`),
    policy: policy.join('; '),
  };
}

function contents(names: readonly string[]): string {
  return names
    .map((name) => readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n'))
    .join('\n');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
