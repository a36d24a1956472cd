// Text that others wrote, made safe to print on one line, and wrapped.

/** Control characters and those that turn the direction of text become spaces: neither may reach a terminal. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

/** In order, without the backquotes around code; one without a partner is a letter. */
export function spansOf(text: string): readonly { readonly isCode: boolean; readonly text: string }[] {
  return text
    .split(/`([^`]+)`/)
    .map((part, i) => ({ isCode: i % 2 === 1, text: part }))
    .filter((span) => span.text !== '');
}

/** Lines of at most `width` columns, the first after `first`, the others after as many spaces; a longer word keeps its own line, `5 %` is one word. */
export function wrap(text: string, { width, first = '' }: { width: number; first?: string }): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of plain(text).split(/ +(?!%)/)) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      [line, empty] = [' '.repeat(first.length), true];
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line.trimEnd()];
}
