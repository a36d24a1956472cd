import { describe, expect, it } from 'vitest';
import { defaultDesign } from '../../../agent/analysis/verdict/design.ts';
import { outlook } from '../../../agent/analysis/verdict/outlook.ts';
import { etaLine } from '../../../agent/report/words/outlook.ts';

const design = defaultDesign(['media', 'network', 'blockstack', 'ring']);
const pace = { slices: 14, budgetSlices: 133, secondsPerSlice: 4.5 };

describe('what a run says that it can prove by when', () => {
  it('counts from what was measured, at the noise that was seen', () => {
    const line = etaLine(outlook(design, 0.05), pace);
    expect(line).toContain('slices scatter by 5 %');
    expect(line).toMatch(/a lift of \+?\d+ % in \d/);
    expect(line).toMatch(/"none" above 5 % in \d/);
  });

  it('says what the budget does not hold', () => {
    expect(etaLine(outlook(design, 0.2), pace)).toMatch(/"none" above 5 % not within this budget \(\d/);
  });
});
