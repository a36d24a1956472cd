// Says in words how a run changed a block stack: a kind without its sentence does not compile.

import type { StackNote } from '../../lib/stack-note.ts';
import { renderBytes, sectorBytes } from '../../lib/units.ts';

type Kind = StackNote['kind'];
type Words = { readonly [K in Kind]: (note: Extract<StackNote, { kind: K }>) => string };

const words: Words = {
  number: ({ device, number, by }) =>
    `the device number ${number} in the table of ${device} stands for ${by === 'below' ? 'the layer beneath' : by} here`,
  length: ({ device, printed, length, offset }) =>
    `the table of ${device} is as long as there is room here: ${renderBytes(length * sectorBytes)} in place of ${renderBytes(printed * sectorBytes)}${offset === undefined ? '' : `, from sector ${offset} on`}`,
  key: ({ device, bytes }) =>
    `the table of ${device} has any key of ${bytes} bytes in place of one in a keyring: the cost depends on its length alone`,
  multipath: ({ device, printed, by }) =>
    `the features of multipath in the table of ${device} are "${by}" in place of "${printed}": the paths here take bios, and have no hardware handler`,
  side: ({ name, bytes, each, what }) =>
    `${name} is ${renderBytes(bytes)} of memory${each ? ' for each guest' : ''}: ${what}; it keeps what it holds when media are switched`,
  filled: ({ device, percent }) => `${percent} % of ${device} is written before the first slice`,
  degraded: ({ device, missing, legs }) =>
    `${device} is degraded: ${missing} of ${legs} legs are missing from the start`,
  'one-medium': ({ device, parts, what }) => `the ${parts} ${what} of ${device} are on one medium, and share its queue`,
};

export function stackNoteWords(note: StackNote): string {
  return (words[note.kind] as (of: StackNote) => string)(note);
}
