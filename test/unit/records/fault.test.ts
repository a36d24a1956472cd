import { describe, expect, it } from 'vitest';
import { oneOfEachKind } from '../../../agent/lib/fault.ts';
import { voidedSchema } from '../../../agent/records/fault.ts';
import { faultWords } from '../../../agent/report/words/fault.ts';
import { verdictInWords } from '../../../agent/report/words/in-document.ts';

const late = 'a guest was measured for 6.6 s in place of 3.0 s';
const throttled = 'a guest was held back by its cpu.max for 12 % of the time';

describe('why a slice is void', () => {
  it.each([
    [['late'], late],
    [['starved-agent'], 'the agent came 1.2 s late to the end of the slice'],
    [['moved-host'], 'the clocks of the host parted by 0.9 s: it was moved or suspended, or its time was set'],
    [['throttled'], throttled],
    [['foreign-cpu'], 'programs that are not of this run used 60 % of the CPU in it, and 20 % in the slices around it'],
    [['foreign-cpu'], 'programs that are not of this run used 60 % of the CPU'],
    [['steal'], 'a hypervisor above took 55 % of the CPU away in it, and 30 % in the slices around it'],
    [['steal'], 'a hypervisor above took 55 % of the CPU away'],
    [['no-io'], 'no I/O completed'],
    [['paused'], 'the guests were paused, as another tenant of the host had to wait'],
    [['no-answer'], 'fio of guest 3 gave no snapshot within 20 s'],
    [['late', 'throttled'], `${late}; ${throttled}`],
    [['recorded'], `${late}; and something that no version knows`],
    [['recorded'], 'a disturbance'],
  ])('%j: sentences on record are read as data and reported in the same words', (kinds, text) => {
    const faults = voidedSchema.parse(text) ?? [];
    expect(faults.map(({ kind }) => kind)).toEqual(kinds);
    expect(faultWords(faults)).toBe(text);
    expect(voidedSchema.parse(JSON.parse(JSON.stringify(faults)))).toEqual(faults);
  });

  it('is null where the record has none', () => {
    expect([voidedSchema.parse(null), voidedSchema.parse(undefined)]).toEqual([null, null]);
  });

  it.each([[[]], [[{ kind: 'unheard-of' }]], [[{ kind: 'late' }]], [7]])('%j is refused', (bad) => {
    expect(voidedSchema.safeParse(bad).success).toBe(false);
  });

  it('is told once a kind, with the figures of the last', () => {
    const texts = ['a burst', 'a storm', 'a burst'].map((text) => ({ kind: 'recorded', text }) as const);
    const shares = [12, 40].map((percent) => ({ kind: 'throttled', percent }) as const);
    expect(oneOfEachKind([...shares, ...texts])).toEqual([shares[1], texts[2], texts[1]]);
  });
});

describe('a verdict that too many void slices withhold', () => {
  it('has its reason in words', () => {
    const reasons = [{ kind: 'late', elapsedMs: 6600, measureMs: 3000 }, { kind: 'paused' }] as const;
    const why = { kind: 'void-slices', count: 5, of: 20, reasons } as const;
    const verdict = { kind: 'inconclusive', why, candidates: [], proven: [] } as const;
    expect(verdictInWords(verdict)).toMatchObject({
      why: `5 of 20 slices were void: ${late}; the guests were paused, as another tenant of the host had to wait`,
    });
  });
});
