// Doubts about a whole run as host.json holds them: a closed union on `kind`, with figures as fields. The report alone puts them
// into words (report/words/run-caveat.ts). Records of earlier versions hold sentences, and are read here.

import * as z from 'zod';
import { capsLeftOut } from '../plan/caps.ts';

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
  /** The watchdog was in the cgroup of the agent, and would have died with it. */
  z.object({ kind: z.literal('watchdog-inside') }),
  /** The backend's threads of each ring are in the cgroup of its guest. */
  z.object({ kind: z.literal('rings-charged') }),
  /** The guests whose ring's threads the kernel does not let be moved. */
  z.object({ kind: z.literal('rings-not-charged'), guests: z.array(z.number().int()).readonly() }),
  /** Why caps were not looked for. */
  z.object({ kind: z.literal('caps-left-out'), because: z.enum(capsLeftOut) }),
  /** A value that the run had `made` what the kernel then had, and that it left as it `found` it: somebody else had set it. */
  z.object({ kind: z.literal('left-to-others'), path: z.string(), made: z.string(), found: z.string() }),
  /** A part of the run that failed before the failure that ended it; its message. */
  z.object({ kind: z.literal('failed-before'), failure: z.string() }),
  /** A sentence of an earlier version that has no kind of its own. */
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
  {
    pattern:
      /^the watchdog was in the cgroup of the agent: had that been killed as a whole, only `layerlift recover` would have restored the host$/,
    read: () => ({ kind: 'watchdog-inside' }),
  },
  {
    pattern: /^the work of each ring is charged to its guest: the backend's threads are in its cgroup$/,
    read: () => ({ kind: 'rings-charged' }),
  },
  {
    pattern:
      /^the work of the ring of guests? ([\d, ]+) is charged to nobody: this kernel does not let the backend's threads be moved$/,
    read: (guests = '') => ({ kind: 'rings-not-charged', guests: guests.split(', ').map(Number) }),
  },
  {
    pattern: /^caps were not looked for: a cold run raises no delay$/,
    read: () => ({ kind: 'caps-left-out', because: 'cold' }),
  },
  {
    pattern: /^caps were not looked for: the load checks its data, and a delay keeps none$/,
    read: () => ({ kind: 'caps-left-out', because: 'verifies' }),
  },
  {
    pattern: /^caps were not looked for: the media cannot be replaced by a delay from here$/,
    read: () => ({ kind: 'caps-left-out', because: 'media' }),
  },
  {
    pattern: /^caps were not looked for: too little of the budget was left$/,
    read: () => ({ kind: 'caps-left-out', because: 'budget' }),
  },
  {
    pattern: /^(\S+) is "(.*)" by now, and this run had made it "(.*)": somebody else has set it, and it was left so$/s,
    read: (path = '', found = '', made = '') => ({ kind: 'left-to-others', path, made, found }),
  },
  { pattern: /^before that, (.+)$/s, read: (failure = '') => ({ kind: 'failed-before', failure }) },
];

/** One caveat of a run, of this version or of one that wrote sentences. */
export const runCaveatSchema = z.union([
  z.string().transform(fromSentence),
  caveat.transform((read) => (read.kind === 'note' ? fromSentence(read.text) : read)),
]);

function fromSentence(text: string): RunCaveat {
  for (const { pattern, read } of sentences) {
    const found = pattern.exec(text);
    if (found) return read(...found.slice(1));
  }
  return { kind: 'note', text };
}
