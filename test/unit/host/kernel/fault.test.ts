import { describe, expect, it } from 'vitest';
import { parseFaults } from '../../../../agent/host/kernel/fault.ts';

describe('the order to die', () => {
  it.each([undefined, ''])('is none where the variable is %j', (text) => {
    expect(parseFaults(text)).toBeUndefined();
  });

  it('names the file of the points, and the one at which to die or to stop', () => {
    expect(parseFaults('/f')).toEqual({ file: '/f', kill: undefined, term: undefined });
    expect(parseFaults('/f:term=dm-swap loaded:kill=12')).toEqual({ file: '/f', kill: 12, term: 'dm-swap loaded' });
  });
});
