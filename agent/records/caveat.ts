// Doubts about one slice as its record holds them: a closed union on `kind`, with figures as fields. The report alone puts
// them into words (report/words/caveat.ts). Records of earlier versions hold sentences, and are read here.

import * as z from 'zod';

const caveat = z.discriminatedUnion('kind', [
  /** No guest completed an I/O, and none passed the junctions. */
  z.object({ kind: z.literal('no-io') }),
  /** No junction counted, so nothing checks what fio says. */
  z.object({ kind: z.literal('no-junction-counters') }),
  /** fio and the topmost junctions differ in the bytes moved by more than what was in flight: per cent of the greater. */
  z.object({ kind: z.literal('counts-disagree'), apartPercent: z.number() }),
  /** I/O completed, none of it within its objective: goodput is half an I/O in the slice. */
  z.object({ kind: z.literal('none-in-objective') }),
  /** Written by earlier versions alone: goodput still settled after the window had begun; both as rendered, since the switch. */
  z.object({ kind: z.literal('still-settling'), until: z.string(), measuredFrom: z.string() }),
  /** A sentence of an earlier version that has no kind of its own. */
  z.object({ kind: z.literal('recorded'), text: z.string() }),
]);

export type SliceCaveat = z.output<typeof caveat>;

/** The sentences that earlier versions wrote, so that their slices are counted together with others of the kind. */
const sentences: readonly { pattern: RegExp; read: (first: string, second: string) => SliceCaveat }[] = [
  { pattern: /^no I\/O completed in this slice$/, read: () => ({ kind: 'no-io' }) },
  {
    pattern: /^the junctions gave no counters to check fio by$/,
    read: () => ({ kind: 'no-junction-counters' }),
  },
  {
    pattern: /^fio and the junctions disagree by (\d+\.\d) % on the bytes moved$/,
    read: (percent) => ({ kind: 'counts-disagree', apartPercent: Number(percent) }),
  },
  {
    pattern: /^goodput was still settling (.+) after the switch, and measured from (.+) on$/,
    read: (until, measuredFrom) => ({ kind: 'still-settling', until, measuredFrom }),
  },
  {
    pattern: /^no I\/O was within its objective: goodput is taken as half an I\/O in the whole slice, lifts are rough$/,
    read: () => ({ kind: 'none-in-objective' }),
  },
];

/** One caveat of a record, of this version or of one that wrote sentences. */
export const sliceCaveatSchema = z.union([z.string().transform(fromSentence), caveat]);

function fromSentence(text: string): SliceCaveat {
  for (const { pattern, read } of sentences) {
    const found = pattern.exec(text);
    if (found) return read(found[1] ?? '', found[2] ?? '');
  }
  return { kind: 'recorded', text };
}
