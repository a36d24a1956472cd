// A twin beside the host that it was cloned from: where they differ in latency or in flight, and dimensionless figures of both,
// by which the verdict is told to be one on the host too, or not (pure).

import { baselineId } from '../lib/arm.ts';
import { type Layer, layers } from '../lib/layer.ts';
import { mean, sum } from '../lib/numbers.ts';
import type { HostSide, LayerSide, Side } from '../records/host-side.ts';
import type { SliceRecord } from '../records/slice.ts';
import { latencyOf } from './baseline.ts';

/** A figure of the host and the same of the twin; null: not known. */
export interface Beside {
  readonly host: number | null;
  readonly twin: number | null;
}

export interface TwinLayer {
  readonly layer: Layer;
  /** In the layer itself, down to the next one that is compared: mean of an I/O. */
  readonly ownNs: Beside;
  /** In the layer itself, by Little's law. */
  readonly inFlight: Beside;
  /** Of the time of an I/O. */
  readonly share: Beside;
  /** Others of the host who use the same devices: what is in flight there is theirs too. */
  readonly others: readonly string[];
  readonly differs: readonly ('latency' | 'in-flight')[];
}

/** Why nothing can be compared. */
export type Unseen = 'not-looked-at' | 'gone' | 'idle' | 'uncounted' | 'no-slices';

export interface TwinFindings {
  readonly host: string;
  /** `unknown`: nothing could be compared. */
  readonly travels: 'yes' | 'no' | 'unknown';
  readonly unseen?: Unseen;
  readonly lost: readonly string[];
  /** From the bottom up; those of which both sides have figures. */
  readonly layers: readonly TwinLayer[];
  /** I/Os in flight in the topmost of them and all below it. */
  readonly load: Beside & { readonly differs: boolean };
  /** The host's latency while the twin ran over that of the look before, where it moved by more than a quarter. */
  readonly moved?: number;
  readonly fingerprint: Fingerprint;
  /** Of these, those that lie on one side of what is full on the host and on the other of it on the twin. */
  readonly apart: readonly ('cap' | 'cpu')[];
  readonly notCloned: readonly string[];
  /** What looked full on the host meanwhile; null: it was not looked at. */
  readonly says: string | null;
}

export interface Fingerprint {
  /** The most of any layer: I/Os in flight over what it lets through. */
  readonly offeredOverCap: Beside;
  /** Goodput as deployed over that with all stubs: what would limit next. The host's own cannot be known without stubs. */
  readonly loadOverNextLimit: Beside;
  /** Busy share of the host's CPUs, before the run and as deployed in it. */
  readonly cpu: Beside;
}

/** Of the host's figure. */
const mostApart = 0.25;
/** A difference that is less than this share of all that an I/O takes moves no verdict. */
const leastShare = 0.05;
/** From this share of a limit on it counts as reached. */
const reached = 0.95;

export interface TwinSide {
  readonly slices: readonly SliceRecord[];
  /** I/Os in flight that the stack lets through, where the cap probe has sized it. */
  readonly cap: number | undefined;
  /** Goodput with all stubs over that as deployed, where it was measured. */
  readonly headroom: number | undefined;
}

/** `slices`: those that count. */
export function twinOf(host: HostSide, twin: TwinSide): TwinFindings {
  const baseline = twin.slices.filter(({ arm }) => arm === baselineId);
  const pairs = pairsOf(host.meanwhile, baseline);
  const unseen = unseenOf(host, baseline, pairs);
  const compared = unseen === undefined ? comparedOf(pairs) : [];
  const load = { host: pairs.at(-1)?.host.inFlight ?? null, twin: pairs.at(-1)?.twin.inFlight ?? null };
  const isShared = (pairs.at(-1)?.host.others.length ?? 0) > 0;
  const differs = unseen === undefined && !isShared && areApart(load, 0);
  const fingerprint = fingerprintOf(host, twin, baseline);
  const apart = unseen === undefined ? apartIn(fingerprint) : [];
  const isAlike = !differs && apart.length === 0 && compared.every((one) => one.differs.length === 0);
  const moved = unseen === undefined ? movedOf(host) : undefined;
  return {
    ...{ host: host.host, travels: unseen !== undefined ? 'unknown' : isAlike ? 'yes' : 'no' },
    ...(unseen === undefined ? {} : { unseen }),
    ...(moved === undefined ? {} : { moved }),
    ...{ lost: host.lost, layers: compared, load: { ...load, differs }, fingerprint, apart },
    ...{ notCloned: host.notCloned, says: host.says },
  };
}

interface Pair {
  readonly host: LayerSide;
  /** In the layer and all below it. */
  readonly twin: { readonly latencyNs: number; readonly inFlight: number };
}

/** Layers of which both sides have figures, from the bottom up. */
function pairsOf(host: Side | null, baseline: readonly SliceRecord[]): readonly Pair[] {
  const twin = new Map(latencyOf(baseline).layers.map(({ layer, throughNs }) => [layer, throughNs]));
  return layers.flatMap((layer): readonly Pair[] => {
    const own = host?.layers.find((one) => one.layer === layer);
    const latencyNs = twin.get(layer);
    if (!own || own.latencyNs === null || latencyNs === undefined) return [];
    return [{ host: own, twin: { latencyNs, inFlight: inFlightOf(baseline, layer) } }];
  });
}

/** Mean over the slices, of all guests together, by Little's law. */
function inFlightOf(slices: readonly SliceRecord[], of: Layer): number {
  return mean(
    slices.map(({ junctions }) =>
      sum(
        junctions.flatMap(({ layer, iosPerSecond, meanLatencyNs }) =>
          layer === of ? [(iosPerSecond * meanLatencyNs) / 1e9] : [],
        ),
      ),
    ),
  );
}

function unseenOf(
  { meanwhile, lost }: HostSide,
  baseline: readonly SliceRecord[],
  pairs: readonly Pair[],
): Unseen | undefined {
  if (lost.length > 0) return 'gone';
  if (!meanwhile) return 'not-looked-at';
  if (meanwhile.layers.length === 0) return 'uncounted';
  if (meanwhile.layers.every(({ latencyNs }) => latencyNs === null)) return 'idle';
  if (baseline.length === 0) return 'no-slices';
  return pairs.length === 0 ? 'uncounted' : undefined;
}

function comparedOf(pairs: readonly Pair[]): readonly TwinLayer[] {
  const top = pairs.at(-1);
  const hostNs = top?.host.latencyNs ?? 0;
  const twinNs = top?.twin.latencyNs ?? 0;
  const most = top?.host.inFlight ?? 0;
  return pairs.map(({ host, twin }, i): TwinLayer => {
    const below = pairs[i - 1];
    const ownNs = {
      host: Math.max(0, (host.latencyNs ?? 0) - (below?.host.latencyNs ?? 0)),
      twin: Math.max(0, twin.latencyNs - (below?.twin.latencyNs ?? 0)),
    };
    const inFlight = {
      host: host.inFlight === null ? null : Math.max(0, host.inFlight - (below?.host.inFlight ?? 0)),
      twin: Math.max(0, twin.inFlight - (below?.twin.inFlight ?? 0)),
    };
    // What others have in flight below is taken off above, and is too much below.
    const others = [...new Set([...host.others, ...(below?.host.others ?? [])])];
    return {
      ...{ layer: host.layer, ownNs, inFlight, others },
      share: { host: shareOf(ownNs.host, hostNs), twin: shareOf(ownNs.twin, twinNs) },
      differs: [
        ...(areApart(ownNs, leastShare * hostNs) ? (['latency'] as const) : []),
        ...(others.length === 0 && areApart(inFlight, leastShare * most) ? (['in-flight'] as const) : []),
      ],
    };
  });
}

/** By more than a quarter of the host's, and by more than `least`. */
function areApart({ host, twin }: Beside, least: number): boolean {
  if (host === null || twin === null) return false;
  const by = Math.abs(twin - host);
  return by > mostApart * host && by > least;
}

function shareOf(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** By the topmost layer that both looks have. */
function movedOf({ before, meanwhile }: HostSide): number | undefined {
  const ratios = (meanwhile?.layers ?? []).flatMap(({ layer, latencyNs }) => {
    const was = before.layers.find((one) => one.layer === layer)?.latencyNs;
    return latencyNs !== null && was !== undefined && was !== null && was > 0 ? [latencyNs / was] : [];
  });
  const ratio = ratios.at(-1);
  return ratio !== undefined && Math.abs(ratio - 1) > mostApart ? ratio : undefined;
}

function fingerprintOf(
  { before, meanwhile }: HostSide,
  { cap, headroom }: TwinSide,
  baseline: readonly SliceRecord[],
): Fingerprint {
  const offered = latencyOf(baseline).layers.at(-1);
  const busy = baseline.flatMap(({ measurements }) => measurements['cpu']?.['busyPercent'] ?? []);
  return {
    offeredOverCap: {
      host: meanwhile ? offeredOverCap(meanwhile) : null,
      twin: cap !== undefined && offered ? inFlightOf(baseline, offered.layer) / cap : null,
    },
    loadOverNextLimit: { host: null, twin: headroom === undefined ? null : 1 / headroom },
    cpu: {
      host: before.busyPercent === null ? null : before.busyPercent / 100,
      twin: busy.length > 0 ? mean(busy) / 100 : null,
    },
  };
}

/** Null where no layer has a limit that is known, or others use its devices. */
function offeredOverCap({ layers: all }: Side): number | null {
  const shares = all.flatMap(({ limit, inFlight, others }) =>
    limit === null || inFlight === null || others.length > 0 ? [] : [inFlight / limit],
  );
  return shares.length > 0 ? Math.max(...shares) : null;
}

function apartIn({ offeredOverCap: cap, cpu }: Fingerprint): TwinFindings['apart'] {
  const isApart = ({ host, twin }: Beside): boolean =>
    host !== null && twin !== null && host >= reached !== twin >= reached;
  return [...(isApart(cap) ? (['cap'] as const) : []), ...(isApart(cpu) ? (['cpu'] as const) : [])];
}
