// Says in words how a run changes a job file: a kind without its sentence does not compile.

import type { JobChange, LeftOutAbout } from '../../lib/job-change.ts';
import { renderBytes } from '../../lib/units.ts';

const about: Readonly<Record<LeftOutAbout, string>> = {
  files: 'each guest has a block device in place of files',
  length: 'the run decides when the load begins and ends',
  output: 'they say what fio prints or writes down',
  cpus: 'CPUs and memory of the guests are keys of `guests`, and the clock is that of fio',
  submission: 'each job is a thread that submits its own I/O',
  priority: 'all I/O of a run has the same priority',
  conditions: 'the load stays the same, and no condition ends it or excuses its errors',
};

/** Why options of this kind are left out. */
export function aboutWords(what: LeftOutAbout): string {
  return about[what];
}

type Words = { readonly [K in JobChange['kind']]: (change: Extract<JobChange, { kind: K }>) => string };

const words: Words = {
  'left-out': ({ about: what, options }) => `left out, as ${about[what]}: ${options.join(', ')}`,
  phase: ({ phase, of, sections }) =>
    `it has ${of} phases, one after another: phase ${phase} alone runs, throughout (${sections.join(', ')}); \`phase\` beside \`job\` in the profile chooses another`,
  buffered: ({ sections }) =>
    `${sections.join(', ')} would go through the page cache: a run does direct I/O, so that the layers see every I/O`,
  'one-at-a-time': ({ engine, asked, sections }) =>
    `${engine} does one I/O at a time, whatever iodepth says (${asked}, in ${sections.join(', ')}): 1 in flight is offered for each of its jobs; ioengine=libaio offers ${asked}`,
  'working-set': ({ bytes, laneBytes }) =>
    bytes > laneBytes
      ? `its files take ${renderBytes(bytes)}, and the lane of a guest has ${renderBytes(laneBytes)}: places and sizes are scaled to that`
      : `its I/O stays within ${renderBytes(bytes)} of the ${renderBytes(laneBytes)} of each guest, the sizes of its files`,
};

/** Without a full stop. */
export function jobChangeWords(change: JobChange): string {
  return wordsOf(change.kind, change);
}

function wordsOf<K extends JobChange['kind']>(kind: K, change: Extract<JobChange, { kind: K }>): string {
  return words[kind](change);
}

/** Before the words, where they stand among others. */
export function ofJobFile(change: JobChange): string {
  return `of the job file: ${jobChangeWords(change)}`;
}
