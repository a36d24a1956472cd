// The same figures on every host.

import { describe, expect, it } from 'vitest';
import { steady } from '../../../agent/lib/steady.ts';

describe('steady figures', () => {
  it('are the same where the last digits of a double are not', () => {
    expect(steady(999.9999999999995)).toBe(1000);
    expect(steady(11817.282102262296)).toBe(steady(11817.282102262294));
    expect(steady(-1.3e-9 * (1 + 1e-15))).toBe(-1.3e-9);
  });

  it('keep what is measured: whole numbers, and eight digits of others', () => {
    expect(steady(1764489124123456789n)).toBe(1764489124123456789n);
    for (const whole of [0, -7, 2 ** 53 - 1, 1_764_489_124_123]) expect(steady(whole)).toBe(whole);
    expect(Math.abs(steady(Math.PI) / Math.PI - 1)).toBeLessThan(1e-8);
  });

  it('are all in a document, however deep, and nothing else in it changes', () => {
    const document = { a: [{ b: 0.1 + 0.2, c: 'x', d: null, e: true }], f: undefined };
    expect(steady(document)).toStrictEqual({ a: [{ b: 0.3, c: 'x', d: null, e: true }], f: undefined });
    expect(document.a[0]?.b).not.toBe(0.3);
  });

  it('that are none stay none', () => {
    expect([steady(NaN), steady(Infinity)]).toEqual([NaN, Infinity]);
  });
});
