// Text as part of HTML and SVG.

import { plain, spansOf } from './plain.ts';

/** Nothing in `text` is markup, in an element or in an attribute. */
export function escaped(text: string): string {
  return withEntities(plain(text));
}

/** Nothing in `text` is markup but its backquotes: what stands between two is an element `code`. Not for attributes, nor for SVG. */
export function marked(text: string): string {
  return spansOf(plain(text))
    .map((span) => (span.isCode ? `<code>${withEntities(span.text)}</code>` : withEntities(span.text)))
    .join('');
}

function withEntities(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
