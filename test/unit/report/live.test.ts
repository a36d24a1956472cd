// The live screen as lines of text, on terminals of any size.

import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../agent/analysis/verdict/analyse.ts';
import { followed, withNews } from '../../../agent/report/live/followed.ts';
import { screenOf, type Terminal } from '../../../agent/report/live/screen.ts';
import { liveArm, type LiveState, liveStateOf } from '../../../agent/report/live/state.ts';
import { planOf, runs, slicesOf } from '../../support/documents.ts';

const plan = planOf(runs.lever.layers);
const slices = slicesOf(runs.lever);
const going: LiveState = {
  ...liveStateOf('ab12', plan),
  measuring: liveArm({ seq: 12, block: 2, arm: 'stub-network' }, plan),
  slices: slices.map(({ arm, goodput }) => ({ arm, goodput, counts: true })),
  analysis: analyse(plan.design, slices),
  elapsedMs: 72_000,
};
const { analysis, ...early } = going;
const fresh: LiveState = { ...early, slices: [] };
const unsure: LiveState = { ...going, analysis: analyse(plan.design, slicesOf({ ...runs.lever, wobble: 0.4 })) };
const usual: Terminal = { columns: 80, rows: 24, styled: false };
const text = (state: LiveState, terminal: Partial<Terminal> = {}): string =>
  screenOf(state, { ...usual, ...terminal }).join('\n');

describe('the live screen of a run', () => {
  it('has the path with what is stubbed now, and each lift with its bounds', () => {
    const shown = text(going);
    expect(shown).toMatch(/block 3, slice 13: measuring stub-network/);
    expect(shown).toMatch(/2 guests: [\d,]+ I\/O a second as deployed/);
    expect(shown).toMatch(/network +nvme-tcp-netns +STUBBED +3\.9x \(/);
    expect(shown).toMatch(/media +model +deployed/);
    expect(shown).toMatch(/stub-network +3\.9x \([^)]*\).*o/);
    expect(shown.indexOf('blockstack')).toBeLessThan(shown.indexOf('media'));
  });

  it('promises when what can be proven, until the verdict takes its place', () => {
    expect(text(unsure)).toMatch(/to be proven in nine of ten such runs/);
    expect(analysis?.decided).toBeDefined();
    expect(text(fresh)).not.toMatch(/proven/);
    const proven = text({ ...unsure, verdict: 'network holds this host back.' });
    expect(proven).toContain('network holds this host back.');
    expect(proven).not.toMatch(/to be proven/);
  });

  it.each([
    [80, 24],
    [200, 50],
    [40, 12],
    [20, 5],
    [1, 1],
  ])('fits a terminal of %i by %i, the cursor below it', (columns, rows) => {
    for (const state of [going, unsure, fresh, { ...going, verdict: 'network holds this host back. '.repeat(9) }]) {
      const lines = screenOf(state, { columns, rows, styled: true }).map(stripVTControlCharacters);
      expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    }
  });

  it('leaves strips out where there is no room, and figures never', () => {
    expect(text(going, { columns: 50 })).toMatch(/stub-network +3\.9x \([^)]*\)$/m);
  });

  it('has escapes only where letters may be bold', () => {
    expect(text({ ...going, profile: 'evil\u001b[31m' })).not.toContain('\u001b');
    expect(text(going, { styled: true })).toContain('\u001b[1m');
  });
});

describe('a run that is followed from its folder', () => {
  const meta = {
    ...{ version: 1 as const, run: 'ab12', tool: '0.1.0', startedAt: '2026-01-02T03:04:00.000Z' },
    ...{ caveats: [], host: {} },
  };
  const records = { plan, meta, slices: [...slices], rechecked: [] };
  const atMs = Date.parse('2026-01-02T03:05:00.000Z');
  const now = {
    ...{ version: 1 as const, at: '2026-01-02T03:04:58.000Z', phase: 'slices' },
    measuring: { seq: 12, arm: 'stub-media', block: 2 },
  };
  const seen = (changes: Partial<typeof now> = {}): LiveState =>
    withNews(followed(records, now.measuring.block), records, {
      now: { ...now, ...changes },
      sentence: undefined,
      atMs,
    });

  it('shows what it measures, and what it has found so far', () => {
    expect(seen()).toMatchObject({ measuring: { arm: 'stub-media', stubbed: ['media'] }, elapsedMs: 60_000 });
    expect(seen().slices).toHaveLength(slices.length);
    expect(seen().analysis?.blocks).toBe(2);
    expect(followed(records, 1).analysis?.blocks).toBe(1);
    expect(followed({ ...records, meta: { ...meta, endedAt: meta.startedAt } }, 1).analysis?.blocks).toBe(2);
  });

  it('says that it is silent, once it has been for a minute', () => {
    expect(text(seen({ at: '2026-01-02T03:01:00.000Z' }))).toMatch(/no news for 4 min: was it killed\?/);
    expect(text(seen())).not.toMatch(/no news/);
  });

  it('says how it ended, and that nothing is measured any more', () => {
    const ended = { ...records, meta: { ...meta, endedAt: '2026-01-02T03:04:59.000Z' } };
    const state = withNews(followed(ended, 1), ended, { now, sentence: 'network holds this host back.', atMs });
    expect(state).toMatchObject({ ended: 'ended', verdict: 'network holds this host back.' });
    expect(text(state)).not.toMatch(/measuring/);
  });

  it('is shown before anything was measured', () => {
    const none = { ...records, slices: [] };
    const state = withNews(followed(none, undefined), none, { now: undefined, sentence: undefined, atMs });
    expect(text(state)).toMatch(/2 guests: not measured yet/);
  });
});
