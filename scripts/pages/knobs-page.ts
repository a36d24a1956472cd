// What agent/docs/knobs.md says of each kind of knob comes from the code.

import { knownKnobs } from '../../agent/knobs/ids.ts';
import { filled } from './fill.ts';
import { code } from './keys.ts';

/** @throws Error for a block that nothing here makes */
export function fillKnobsPage(page: string): string {
  return filled(page, (name) => {
    if (name !== 'knobs') throw new Error(`cannot fill the block "${name}" of agent/docs/knobs.md: expected knobs`);
    const rows = Object.entries(knownKnobs).map(([id, about]) => `| ${code(id)} | ${about} |`);
    return ['| knob | what it is |', '| --- | --- |', ...rows].join('\n');
  });
}
