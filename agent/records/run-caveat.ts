// Doubts about a whole run as host.json holds them: a closed union on `kind`, with figures as fields. The report alone puts them
// into words (report/words/run-caveat.ts). Records of earlier versions hold sentences, and are read here.

import * as z from 'zod';

const caveat = z.discriminatedUnion('kind', [
  /** No other cgroup has pressure figures, so that nobody suffers cannot be seen. */
  z.object({ kind: z.literal('others-unseen') }),
  /** Another tenant waited, and not because of the guests: per cent of 6 s, and what is usual. */
  z.object({
    kind: z.literal('tenant-waited'),
    cgroup: z.string(),
    resource: z.string(),
    percent: z.number(),
    usualPercent: z.number(),
  }),
  /** Slices with stubs in which the CPU of the host was full. */
  z.object({ kind: z.literal('cpu-full'), slices: z.number().int() }),
  /** The most that a hypervisor above took of the CPU in any slice. */
  z.object({ kind: z.literal('steal'), percent: z.number() }),
  /** Slices of the baseline in which a Xen backend ran out of requests, and how often a second at most. */
  z.object({ kind: z.literal('xen-ring-full'), slices: z.number().int(), mostPerSecond: z.number() }),
  /** A part of the run that failed before the failure that ended it; its message. */
  z.object({ kind: z.literal('failed-before'), failure: z.string() }),
  /** What the load or the plan says of this host, or a sentence of an earlier version that has no kind of its own. */
  z.object({ kind: z.literal('note'), text: z.string() }),
]);

export type RunCaveat = z.output<typeof caveat>;

/** The sentences that earlier versions wrote. */
const sentences: readonly { pattern: RegExp; read: (...found: readonly string[]) => RunCaveat }[] = [
  {
    pattern: /^no other cgroup has pressure figures: that nobody suffers cannot be seen$/,
    read: () => ({ kind: 'others-unseen' }),
  },
  {
    pattern:
      /^(.+) waited for (\w+) (\d+) % of 6 s, (\d+) % is usual: it did not come and go with the guests, so the run went on$/,
    read: (cgroup = '', resource = '', percent, usual) => ({
      ...{ kind: 'tenant-waited', cgroup, resource, percent: Number(percent), usualPercent: Number(usual) },
    }),
  },
  {
    pattern: /^the CPU was full in (\d+) slices? with stubs: more CPU might have lifted further$/,
    read: (slices) => ({ kind: 'cpu-full', slices: Number(slices) }),
  },
  {
    pattern: /^a hypervisor above took up to (\d+) % of the CPU away$/,
    read: (percent) => ({ kind: 'steal', percent: Number(percent) }),
  },
  {
    pattern:
      /^a Xen ring was full in (\d+) slices? of the baseline: its backend ran out of requests up to (\d+) times a second$/,
    read: (slices, most) => ({ kind: 'xen-ring-full', slices: Number(slices), mostPerSecond: Number(most) }),
  },
  { pattern: /^before that, (.+)$/s, read: (failure = '') => ({ kind: 'failed-before', failure }) },
];

/** One caveat of a run, of this version or of one that wrote sentences. */
export const runCaveatSchema = z.union([z.string().transform(fromSentence), caveat]);

function fromSentence(text: string): RunCaveat {
  for (const { pattern, read } of sentences) {
    const found = pattern.exec(text);
    if (found) return read(...found.slice(1));
  }
  return { kind: 'note', text };
}
