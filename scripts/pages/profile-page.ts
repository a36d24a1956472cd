// What profiles/README.md says of keys, layers, providers and job options comes from the code.

import { layers, type Role } from '../../agent/lib/layer.ts';
import { leftOutAbout } from '../../agent/lib/job-change.ts';
import { aboutOf, accepted, leftOut, optionsAbout } from '../../agent/load/job-options.ts';
import { profileSchema } from '../../agent/profile/profile.ts';
import { providers, providersFor } from '../../agent/stack/registry.ts';
import { aboutWords } from '../../agent/report/words/job-change.ts';
import { renderList } from '../../agent/report/words/figures.ts';
import { filled, opening } from './fill.ts';
import { code, keysOf, tableOf } from './keys.ts';

/**
 * The page with all that is generated as the code has it. A provider without a section gets one at the end.
 * @throws Error for a block that nothing here makes
 */
export function fillProfilePage(page: string): string {
  const missing = providers.filter(({ name }) => !page.includes(opening(`settings of ${name}`)));
  const sections = missing.map(({ name }) => `\n#### \`${name}\`\n\n${opening(`settings of ${name}`)}\n<!-- end -->\n`);
  return filled([page, ...sections].join(''), blockFor);
}

function blockFor(name: string): string {
  const provider = providers.find((candidate) => name === `settings of ${candidate.name}`);
  if (provider) {
    const keys = keysOf(provider.settings);
    return `${renderList(provider.roles.map(roleWords), 'or')}: ${provider.about}.\n\n${keys.length > 0 ? tableOf(keys) : 'No settings.'}`;
  }
  if (name === 'keys') return tableOf(keysOf(profileSchema));
  if (name === 'layers') return layerTable();
  if (name === 'job options') return jobOptions();
  throw new Error(
    `cannot fill the block "${name}" of profiles/README.md: expected keys, layers, job options or settings of a provider`,
  );
}

function jobOptions(): string {
  const grouped = leftOutAbout.map((about) => `- Left out, as ${aboutWords(about)}: ${codes(optionsAbout(about))}.`);
  const rest = [...leftOut].filter((option) => aboutOf(option) === undefined);
  return [`- Taken over: ${codes(accepted)}.`, ...grouped, `- Read, but not by fio: ${codes(rest)}.`].join('\n');
}

function layerTable(): string {
  const names = (layer: (typeof layers)[number], role: Role): readonly string[] =>
    providersFor(layer, role).map((provider) => provider.name);
  const rows = layers.flatMap((layer) => {
    const [deployed, stubs] = [namesInCells(names(layer, 'deployed')), namesInCells(names(layer, 'stub'))];
    const cells = Array.from({ length: Math.max(deployed.length, stubs.length) }, (_, i) => i);
    return cells.map((i) => `| ${i === 0 ? `\`${layer}\`` : ''} | ${deployed[i] ?? ''} | ${stubs[i] ?? ''} |`);
  });
  return ['| layer | deployed | stub |', '| --- | --- | --- |', ...rows].join('\n');
}

/** What does not fit into one goes on in the row below. */
function namesInCells(names: readonly string[]): readonly string[] {
  const cells: string[][] = [];
  for (const name of names) {
    const last = cells.at(-1);
    if (last && codes([...last, name]).length <= widestCell) last.push(name);
    else cells.push([name]);
  }
  return cells.map(codes);
}

/** A page has no wider one, so that its source can be read too. */
const widestCell = 60;

function roleWords(role: Role): string {
  return role === 'deployed' ? 'Deployed' : 'Stub';
}

function codes(names: Iterable<string>): string {
  return [...names].map(code).join(', ');
}
