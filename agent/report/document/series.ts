// The figures behind the plots (pure).

import type { CapsObservation } from '../../analysis/caps/design.ts';
import type { NeighboursObservation } from '../../analysis/neighbours/observation.ts';
import { latencyOf } from '../../findings/baseline.ts';
import { pausesOf } from '../../findings/pauses.ts';
import { countedSlices } from '../../findings/quality.ts';
import { baselineId, parseArm } from '../../lib/arm.ts';
import type { Layer } from '../../lib/layer.ts';
import { median } from '../../lib/numbers.ts';
import type { LatencyQuantiles, SliceRecord } from '../../records/slice.ts';
import type { ReportDocument } from '../schema/schema.ts';

type Series = NonNullable<ReportDocument['series']>;

export interface SeriesInput {
  /** ISO 8601: the start of the run. */
  readonly startedAt: string;
  readonly layers: readonly Layer[];
  /** The void ones among them, as they are in the picture. */
  readonly slices: readonly SliceRecord[];
  readonly rechecked: readonly SliceRecord[];
  readonly caps?: { readonly delayNs: number; readonly points: readonly CapsObservation[] };
  readonly neighbours?: { readonly guests: number; readonly observations: readonly NeighboursObservation[] };
}

export function seriesOf(input: SeriesInput): Series {
  const { slices, rechecked, caps, neighbours } = input;
  const counted = countedSlices(slices);
  const rows = [...rowsOf('verdict', slices, input), ...rowsOf('recheck', rechecked, input)];
  return {
    slices: rows.sort((a, b) => a.seconds - b.seconds),
    times: timesOf(counted, input.layers),
    guests: guestsOf(counted.filter(({ arm }) => armIn(arm, input.layers).id === baselineId)),
    caps: (caps?.points ?? []).map(({ subject, delay, depth, guests, goodput, delayNs = caps?.delayNs ?? 0 }) => ({
      of: subject,
      delayNs: delay === 'half' ? delayNs / 2 : delayNs,
      inFlight: depth * guests,
      goodput,
    })),
    pauses: neighbours ? [...pausesOf(neighbours.guests, neighbours.observations)] : [],
  };
}

function rowsOf(
  part: Series['slices'][number]['part'],
  slices: readonly SliceRecord[],
  { startedAt, layers }: SeriesInput,
): Series['slices'] {
  const from = Date.parse(startedAt);
  return slices.map(({ arm, startedAt: at, goodput, latencyNs, voided }) => {
    const { id, stubbed } = armIn(arm, layers);
    const seconds = Math.max(0, (Date.parse(at) - from) / 1000);
    return { seconds, arm: id, stubbed: [...stubbed], goodput, latencyNs, part, counts: voided === null };
  });
}

function timesOf(slices: readonly SliceRecord[], layers: readonly Layer[]): Series['times'] {
  const arms = new Map(slices.map(({ arm }) => [arm, armIn(arm, layers)]));
  return [...arms]
    .flatMap(([name, { id, stubbed }]) => {
      const { guestsNs, layers: own } = latencyOf(slices.filter(({ arm }) => arm === name));
      const row = { arm: id, stubbed: [...stubbed], guestsNs };
      return own.length > 0 ? [{ ...row, layers: own.map(({ layer, ownNs }) => ({ layer, ownNs })) }] : [];
    })
    .sort((a, b) => a.stubbed.length - b.stubbed.length);
}

function guestsOf(baseline: readonly SliceRecord[]): Series['guests'] {
  const all = baseline.flatMap(({ guests }) => guests);
  return [...new Set(all.map(({ guest }) => guest))]
    .sort((a, b) => a - b)
    .flatMap((guest) => {
      const seen = all.flatMap((one) => (one.guest === guest && one.latencyNs ? [one.latencyNs] : []));
      const at = (key: keyof LatencyQuantiles): number => median(seen.map((one) => one[key]));
      const latencyNs = { p1: at('p1'), p25: at('p25'), p50: at('p50'), p75: at('p75'), p99: at('p99') };
      return seen.length > 0 ? [{ guest, latencyNs }] : [];
    });
}

/** Under its canonical id; one that the stack does not have, under its own. */
function armIn(arm: string, layers: readonly Layer[]): { readonly id: string; readonly stubbed: readonly Layer[] } {
  return parseArm(arm, layers) ?? { id: arm, stubbed: [] };
}
