import { describe, expect, it } from 'vitest';
import { measureOver, phaseMs } from '../../../agent/plan/phase.ts';
import { mean } from '../../../agent/lib/numbers.ts';

const plan = { seed: 7, measureMs: 3000, latencyMs: 160 };
const phases = (given: typeof plan, count = 400) =>
  Array.from({ length: count }, (_, seq) => phaseMs(given, { block: Math.floor(seq / 7), seq }));

describe('the phase in which a slice begins', () => {
  it('is even over the time that an I/O takes', () => {
    const found = phases(plan);
    expect(mean(found) / 80).toBeCloseTo(1, 0.7);
    for (let part = 0; part < 8; part++) {
      const within = found.filter((ms) => ms >= 20 * part && ms < 20 * (part + 1)).length;
      expect(within / (found.length / 8)).toBeGreaterThan(0.6);
      expect(within / (found.length / 8)).toBeLessThan(1.4);
    }
  });

  it('is the same for the same seed and slice, and another for the next slice, block or seed', () => {
    const at = { block: 3, seq: 25 };
    expect(phaseMs(plan, at)).toBe(phaseMs(plan, at));
    const others = [
      phaseMs(plan, { ...at, seq: 26 }),
      phaseMs(plan, { ...at, block: 4 }),
      phaseMs({ ...plan, seed: 8 }, at),
    ];
    expect(new Set([phaseMs(plan, at), ...others]).size).toBe(4);
  });

  it('is never nothing: over 100 ms at least, over a tenth of the slice where no latency is known', () => {
    expect(Math.max(...phases({ ...plan, latencyMs: 0.2 }))).toBeGreaterThan(90);
    const { seed, measureMs } = plan;
    const unknown = Array.from({ length: 100 }, (_, seq) => phaseMs({ seed, measureMs }, { block: 0, seq }));
    expect(Math.max(...unknown)).toBeGreaterThan(270);
    expect(Math.max(...unknown)).toBeLessThan(300);
  });
});

describe('the time to measure', () => {
  it('is 30 rounds where whole ones are counted, 10 where parts of them are, never less than asked for', () => {
    expect(measureOver({ ms: 160, bordersKnown: false }, 3000)).toBe(4800);
    expect(measureOver({ ms: 160, bordersKnown: true }, 3000)).toBe(3000);
    expect(measureOver({ ms: 500, bordersKnown: true }, 3000)).toBe(5000);
    expect(measureOver({ ms: 0.2, bordersKnown: false }, 3000)).toBe(3000);
  });

  it('is half a minute at most, unless more was asked for', () => {
    expect(measureOver({ ms: 9000, bordersKnown: true }, 3000)).toBe(30_000);
    expect(measureOver({ ms: 9000, bordersKnown: true }, 40_000)).toBe(40_000);
  });
});
