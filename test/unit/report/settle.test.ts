import { describe, expect, it } from 'vitest';
import { settleLine } from '../../../agent/report/words/settle.ts';
import type { ReportDocument } from '../../../agent/report/document/document.ts';
import { documentOf } from '../../support/documents.ts';

const { settings } = documentOf({ layers: ['media', 'ring'], goodput: () => 100, wobble: 0.01, blocks: 2 });
const lineOf = (ms: number, slowest: ReportDocument['settle']['slowest']): string =>
  settleLine({ settings, settle: { by: 'pilot', ms, slowest, blind: [] } });
const switchOf = (tauMs: number, deadMs: number) =>
  ({ layer: 'ring', to: 'stub', tauMs, deadMs, amplitude: 0.5 }) as const;

describe('the line on how long slices settle', () => {
  it.each([
    ['with a time constant', 1600, switchOf(400, 0), 'took longest: 4 time constants of 400 ms'],
    ['after a time without I/O', 1700, switchOf(400.4, 99.7), '100 ms without I/O and 4 time constants of 400 ms'],
    ['with nothing but a time without I/O', 800, switchOf(0, 800), 'took longest: 800 ms without I/O'],
  ])('names the slowest switch %s', (_, ms, slowest, words) => {
    expect(lineOf(ms, slowest)).toMatch(new RegExp(`in the pilot ring, switched to its stub, .*${words}$`));
  });

  it('names none where every switch settles within the least', () => {
    expect(lineOf(500, switchOf(0, 94))).toMatch(/: the pilot saw no switch after which goodput takes longer$/);
    expect(lineOf(500, null)).toMatch(/: the pilot saw no switch after which goodput takes longer$/);
  });
});
