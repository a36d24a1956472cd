import { describe, expect, it } from 'vitest';
import { caveatsOf } from '../../../agent/findings/caveats.ts';
import { findingsOf } from '../../../agent/findings/findings.ts';
import type { RunRecords } from '../../../agent/records/run-records.ts';
import type { SliceRecord } from '../../../agent/records/slice.ts';
import { documentOf } from '../../../agent/report/document/of-run.ts';
import { runCaveatWords } from '../../../agent/report/words/run-caveat.ts';
import { inputOf, runs } from '../../support/documents.ts';

const { plan, slices } = inputOf(runs.none);
const recordsOf = (some: readonly SliceRecord[]): RunRecords => ({
  ...{ plan, slices: some, rechecked: [] },
  meta: { version: 1, run: 'abcdef', tool: '0', startedAt: '2026-01-02T03:04:05.678Z', caveats: [], host: {} },
});
const late = { kind: 'late', elapsedMs: 6600, measureMs: 3000 } as const;
const oneVoid = recordsOf(
  slices.map((slice, i) => (i === 1 ? { ...slice, voided: [late, { kind: 'paused' }] } : slice)),
);
const voidWords = `1 of ${slices.length} slices were void: a guest was measured for 6.6 s in place of 3.0 s; the guests were paused, as another tenant of the host had to wait; they do not count`;

describe('the caveats of a run', () => {
  it('tell how many slices are void, why, and that they do not count', () => {
    const caveats = caveatsOf(oneVoid, findingsOf(oneVoid));
    expect(caveats.filter(({ kind }) => kind === 'void-slices').map(runCaveatWords)).toEqual([voidWords]);
    expect(documentOf(oneVoid, findingsOf(oneVoid), 'runs/abcdef').caveats.run).toContain(voidWords);
  });

  it('tell nothing of void slices where there are none', () => {
    const all = recordsOf(slices);
    expect(caveatsOf(all, findingsOf(all)).map(({ kind }) => kind)).not.toContain('void-slices');
  });

  it('begin with those of the record', () => {
    const told = { ...oneVoid, meta: { ...oneVoid.meta, caveats: [{ kind: 'others-unseen' } as const] } };
    expect(caveatsOf(told, findingsOf(told))[0]).toEqual({ kind: 'others-unseen' });
  });
});
