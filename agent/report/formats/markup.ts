// Text as part of HTML and SVG.

import { plain, spansOf } from './plain.ts';

/** Nothing in `text` is markup, in an element or in an attribute. */
export function escaped(text: string): string {
  return withEntities(plain(text));
}

/**
 * Nothing in `text` is markup but its backquotes: what stands between two is an element `code`. A path may be broken behind
 * its slashes. Not for attributes, nor for SVG.
 */
export function marked(text: string): string {
  return spansOf(plain(text))
    .map((span) => ({ ...span, html: withEntities(span.text).replace(path, breakable) }))
    .map(({ isCode, html }) => (isCode ? `<code>${html}</code>` : html))
    .join('');
}

/** From its first slash, with two more parts at least. */
const path = /\/(?:[\w.:@-]+\/){2,}/g;

function breakable(text: string): string {
  return `/${text.slice(1).replaceAll('/', '/<wbr>')}`;
}

function withEntities(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
