// The live screen of a run from its folder alone (pure).

import { analyse } from '../../analysis/verdict/analyse.ts';
import { whatCounts } from '../../findings/counted.ts';
import type { NowRecord } from '../../records/now.ts';
import type { RunRecords } from '../../records/run-records.ts';
import { renderSeconds } from '../words/figures.ts';
import { liveArm, type LiveState, liveStateOf } from './state.ts';

/**
 * What follows from the records; it is to be computed again once they have grown. `blockNow`: the block that is being measured,
 * of which half says less than none; undefined: none is.
 */
export function followed({ plan, meta, slices }: RunRecords, blockNow: number | undefined): LiveState {
  const told = whatCounts(plan, slices);
  const end = meta.endedAt === undefined ? undefined : meta.cutShort ? `cut short: ${meta.cutShort.why}` : 'ended';
  const shown = told.observations.filter(({ block }) => end !== undefined || block !== blockNow);
  return {
    ...liveStateOf(meta.run, plan),
    slices: told.slices.map(({ arm, goodput, voided }) => ({ arm, goodput, counts: voided === null })),
    ...(shown.length > 0 ? { analysis: analyse(told.design, shown) } : {}),
    ...(end === undefined ? {} : { ended: end }),
    elapsedMs: meta.endedAt === undefined ? 0 : Date.parse(meta.endedAt) - Date.parse(meta.startedAt),
  };
}

/** Without news for so long, that is said: a run that was killed tells nobody. */
const silentMs = 60_000;

export interface News {
  /** Undefined: there is none, or it is just being written. */
  readonly now: NowRecord | undefined;
  /** Of the verdict; undefined: none is proven yet. */
  readonly sentence: string | undefined;
  /** The clock. */
  readonly atMs: number;
}

export function withNews(state: LiveState, { plan, meta }: Pick<RunRecords, 'plan' | 'meta'>, news: News): LiveState {
  const { now, sentence, atMs } = news;
  const verdict = sentence === undefined ? {} : { verdict: sentence };
  if (state.ended !== undefined) return { ...state, ...verdict };
  const elapsedMs = Math.max(0, atMs - Date.parse(meta.startedAt));
  const quietMs = now ? atMs - Date.parse(now.at) : 0;
  const silent =
    quietMs > silentMs ? `; no news for ${renderSeconds(quietMs / 1000)}: was it killed? see \`layerlift status\`` : '';
  const phase = `${now?.phase ?? ''}${silent}`;
  const slice = now?.measuring;
  const isMeasuring = slice !== undefined && silent === '' && slice.seq >= state.slices.length;
  const measuring = isMeasuring ? { measuring: liveArm(slice, plan) } : {};
  return { ...state, ...verdict, ...measuring, phase, elapsedMs };
}
