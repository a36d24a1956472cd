// The words of the house as text for a terminal (pure).

import { plain, wrap } from './formats/plain.ts';
import { type Entry, glossary, type Group, groups } from './glossary.ts';

const width = 100;

const titles: Readonly<Record<Group, string>> = {
  word: 'Words',
  verdict: 'Verdicts',
  arm: 'Arms',
  role: 'Roles of a layer',
  caveat: 'Caveats, and why slices are void',
};

export function explained(entries: readonly Entry[]): string {
  return `${entries.flatMap(linesOf).join('\n')}\n`;
}

/** Every term, by its group. */
export function allExplained(): string {
  const parts = groups.map((group) =>
    [titles[group], ...glossary.filter((entry) => entry.group === group).map(shortLine)].join('\n'),
  );
  return `${parts.join('\n\n')}\n`;
}

function linesOf({ group, terms, says, more }: Entry): readonly string[] {
  const head = `${terms.join(', ')} (${group})`;
  return [
    ...wrap(`${head}: ${plain(says)}.`, { width }),
    ...(more === undefined ? [] : wrap(`${capital(more)}.`, { width, first: '  ' })),
  ];
}

function shortLine({ terms, says }: Entry): string {
  return wrap(`${says}.`, { width, first: `  ${terms.join(', ').padEnd(24)}  ` }).join('\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
