// What the pages say of words, verdicts, arms, roles and caveats comes from the list behind `layerlift explain`.

import { type Entry, glossary, type Group } from '../../agent/report/glossary.ts';
import { filled } from './fill.ts';

/** @throws Error for a block that nothing here makes */
export function fillWords(page: string): string {
  return filled(page, blockFor);
}

function blockFor(name: string): string {
  switch (name) {
    case 'words':
      return of('word').map(bullet).join('\n');
    case 'verdicts':
      return `${tableOf('verdict')}\n\n${of('verdict')
        .map(({ terms, more }) => `- **${terms[0] ?? ''}**: ${more ?? ''}.`)
        .join('\n')}`;
    case 'arms':
      return tableOf('arm');
    case 'roles':
      return tableOf('role');
    case 'caveats':
      return of('caveat')
        .map(({ terms, says }) => `- \`${terms[0] ?? ''}\`: ${says}.`)
        .join('\n');
    default:
      throw new Error(`cannot fill the block "${name}": expected words, verdicts, arms, roles or caveats`);
  }
}

function of(group: Group): readonly Entry[] {
  return glossary.filter((entry) => entry.group === group);
}

function bullet({ terms, says }: Entry): string {
  return `- **${terms.join(', ')}**: ${says}.`;
}

function tableOf(group: Group): string {
  const rows = of(group).map(({ terms, says }) => `| \`${terms[0] ?? ''}\` | ${says} |`);
  return [`| ${group} | says |`, '| --- | --- |', ...rows].join('\n');
}
