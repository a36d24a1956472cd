// Sentences on how the guests slow one another down.

import type { NeighbourUnknown } from '../../analysis/neighbours/findings.ts';
import type { ReportDocument } from '../schema/schema.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { renderList, renderNumber, renderShare } from './figures.ts';

type NeighboursFindings = NonNullable<ReportDocument['interference']>;
export type Measured = Extract<NeighboursFindings, { kind: 'measured' }>;

/** From this share of the work of guests alone on, what they do together is as much as they could. */
const unhindered = 0.95;

/** The neighbour first, then what the guests lose in sum. */
export function neighboursSentences(findings: NeighboursFindings | null): readonly string[] {
  if (!findings) return [];
  if (findings.kind === 'single') return ['there is one guest: nobody can interfere with it'];
  return [neighbourSentence(findings), ...summarySentences(findings), ...scalingSentences(findings)];
}

function neighbourSentence({ neighbour }: Measured): string {
  switch (neighbour.kind) {
    case 'neighbour': {
      const { guest, costsOthers, also } = neighbour;
      const cost = `guest ${guest} costs the others ${renderShare(costsOthers.estimate)} (at least ${renderShare(costsOthers.low)})`;
      const company = also.length > 0 ? `; further noisy guests: ${renderList(also.map(String))}` : '';
      return `${cost}: so much of what they would do comes back when it is paused, beyond what the pause of any guest gives${company}`;
    }
    case 'none':
      return `no guest is a noisy neighbour: none costs the others more than ${renderShare(neighbour.bound)} beyond what any guest does`;
    case 'inconclusive':
      return `cannot tell whether one guest is a noisy neighbour: ${neighbour.why}`;
    default:
      return unreachable(neighbour);
  }
}

/** Why it cannot be told, as a sentence without its full stop. */
export function neighbourUnknownWords(why: NeighbourUnknown): string {
  switch (why.kind) {
    case 'too-few-slices':
      return 'too few slices to tell signal from noise';
    case 'bounds-too-wide':
      return 'no guest seems to cost the others much, but the noise hides how little';
    case 'within-noise':
      return `guest ${why.guest} seems to cost the others ${Math.round(100 * why.share)} %, which is within the noise`;
    default:
      return unreachable(why);
  }
}

/** Fairness never stands without the worst slowdown: guests that are starved alike are treated fairly. */
function summarySentences({ summary, guests }: Measured): readonly string[] {
  if (!summary) return [];
  const { worst, meanSlowdown, fairness, throughput } = summary;
  const whose = summary.guests < guests.length ? ` over the ${summary.guests} guests that were measured alone` : '';
  const work =
    throughput >= unhindered * summary.guests
      ? 'together they do what they do alone'
      : `together they do the work of ${throughput.toFixed(1)} that run alone`;
  return [
    `among the others a guest is slowed ${times(meanSlowdown)} in the mean${whose}, guest ${worst.guest} most, ${times(worst.slowdown)}; ${work}; fairness ${fairness.toFixed(2)} (Jain; 1: all are slowed alike)`,
  ];
}

function scalingSentences({ scaling }: Measured): readonly string[] {
  const last = scaling.at(-1);
  if (!last || last.guests < 2 || last.efficiency === null) return [];
  return [
    `${renderNumber(last.guests, 'guest')} do ${renderShare(last.efficiency)} of ${last.guests} times what guest 1 does alone`,
  ];
}

/** `1.8x`. */
export function times(ratio: number): string {
  return `${ratio.toFixed(1)}x`;
}
