// Text as part of HTML and SVG.

import { plain } from './plain.ts';

/** Nothing in `text` is markup, in an element or in an attribute. */
export function escaped(text: string): string {
  return plain(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
