import { describe, expect, it } from 'vitest';
import { limitUnknownWords } from '../../../../agent/report/words/limit-unknown.ts';
import type { CapsObservation } from '../../../../agent/analysis/caps/design.ts';
import { decideCaps, capsFindings } from '../../../../agent/analysis/caps/engine.ts';
import { ProfileError } from '../../../../agent/lib/errors.ts';
import { limitOf, capsDesign, simulateCaps, type CapsHost } from '../../../support/caps-simulator.ts';

/** As recorded before there were longer delays. */
function withoutDelay({ visit, depth, subject, delay, guests, goodput }: CapsObservation): CapsObservation {
  return { visit, depth, subject, delay, guests, goodput };
}

const quiet = { noise: 'iid', cv: 0.01, seed: 3 } as const;

/** Every layer as good as its stub, save for these. */
function probe(truth: CapsHost['truth'], changes: Parameters<typeof capsDesign>[0] = {}, host: Partial<CapsHost> = {}) {
  return simulateCaps({ ...quiet, host: { truth, ...host }, design: capsDesign(changes) });
}

describe('the first visit', () => {
  it('offers the most and measures every subject twice, the stack at half the delay too', () => {
    const decision = decideCaps(capsDesign({ layers: ['ring', 'network'], media: true }), []);
    if (decision.kind !== 'measure') throw new Error('done before the start');
    const names = decision.visit.points.map(({ subject, delay, guests }) => `${subject} ${delay} ${guests}`);
    expect(decision.visit.depth).toBe(64);
    expect(names.sort()).toEqual(
      ['nothing full 4', 'stack full 4', 'stack half 4', 'network full 4', 'ring full 4', 'media full 4']
        .flatMap((name) => [name, name])
        .sort(),
    );
  });
});

describe('a layer that is alone in the stack', () => {
  it('is sized by its own points, which say what the whole stack does', () => {
    const truth: CapsHost['truth'] = { ring: { cap: { size: 32, scope: 'per-guest' } } };
    const [alone, among] = [probe(truth, { layers: ['ring'] }), probe(truth, { layers: ['blockstack', 'ring'] })];
    expect(alone.findings.stack).toEqual(limitOf(alone.findings, 'ring'));
    expect(alone.findings.stack).toMatchObject({ kind: 'cap', scope: 'per-guest' });
    expect(alone.findings.points).toBeLessThan(0.8 * among.findings.points);
  });
});

describe('a layer that the time alone sufficed for', () => {
  it('is sized at the price of one, and nothing is said of the rest, nor of the whole', () => {
    const truth: CapsHost['truth'] = { ring: { cap: { size: 64, scope: 'host-wide' } }, network: { latencyNs: 90e6 } };
    const { findings } = probe(truth, { layers: ['ring'], leftOut: ['network', 'blockstack'], budgetPoints: 22 });
    expect(findings.layers.map(({ layer }) => layer)).toEqual(['network', 'blockstack', 'ring']);
    expect(limitOf(findings, 'ring')).toMatchObject({ kind: 'cap', scope: 'host-wide' });
    for (const limit of [findings.stack, limitOf(findings, 'network'), limitOf(findings, 'blockstack')]) {
      expect(limit).toEqual({ kind: 'unclear', why: { kind: 'short-of-time' } });
    }
  });
});

describe('a host without a limit', () => {
  it('is done after two visits', () => {
    const { findings, visits } = probe({});
    expect(visits).toBe(2);
    expect(findings).toMatchObject({ offered: 256, points: 16, stack: { kind: 'open', upTo: 256 } });
    expect(findings.layers.map(({ limit }) => limit.kind)).toEqual(['open', 'open', 'open']);
  });
});

describe('a cap', () => {
  it('of 64 on the whole host is named in its layer and in the stack, and in no other layer', () => {
    const { findings, visits } = probe({ ring: { cap: { size: 64, scope: 'host-wide' } } });
    const ring = limitOf(findings, 'ring');
    expect(ring).toMatchObject({ kind: 'cap', scope: 'host-wide' });
    expect(findings.stack).toMatchObject({ kind: 'cap', scope: 'host-wide' });
    if (ring.kind !== 'cap') return;
    expect(ring.size.low).toBeLessThan(64);
    expect(ring.size.high).toBeGreaterThan(64);
    expect(ring.load).toBeCloseTo(0, 0);
    expect(ring.delay).toBeCloseTo(-1, 0);
    expect(limitOf(findings, 'network').kind).toBe('open');
    expect(visits).toBeLessThanOrEqual(5);
  });

  it('per guest is said for one guest as well, in the stack too', () => {
    const { findings } = probe({ blockstack: { cap: { size: 8, scope: 'per-guest' } } });
    for (const limit of [limitOf(findings, 'blockstack'), findings.stack]) {
      if (limit.kind !== 'cap') throw new Error(limit.kind);
      expect(limit.scope).toBe('per-guest');
      expect(limit.size.estimate).toBeCloseTo(32, -0.5);
      expect(limit.perGuest?.estimate).toBeCloseTo(8, 0);
    }
  });

  it('of a single place is found though its own latency counts as in flight', () => {
    const truth: CapsHost['truth'] = { ring: { cap: { size: 1, scope: 'host-wide' }, latencyNs: 12e6 } };
    const ring = limitOf(probe(truth, { guests: 8 }).findings, 'ring');
    expect(ring.kind === 'cap' && ring.size.estimate).toBeCloseTo(1, 0.7);
  });

  it('with a single guest has no scope', () => {
    const { findings } = probe({ ring: { cap: { size: 8, scope: 'host-wide' } } }, { guests: 1 });
    expect(limitOf(findings, 'ring')).toMatchObject({ kind: 'cap', scope: 'unknown' });
  });

  it('below a layer that adds latency above it keeps its size', () => {
    const { findings } = probe({ network: { cap: { size: 32, scope: 'host-wide' } }, ring: { latencyNs: 10e6 } });
    expect(limitOf(findings, 'ring').kind).toBe('latency');
    const network = limitOf(findings, 'network');
    expect(network.kind === 'cap' && network.size.estimate).toBeCloseTo(32, -0.5);
  });

  it('is found in the stack when no layer can be measured alone, with its scope', () => {
    const { findings } = probe({ ring: { cap: { size: 16, scope: 'host-wide' } } }, { layers: [] });
    expect(findings.layers).toEqual([]);
    expect(findings.stack).toMatchObject({ kind: 'cap', scope: 'host-wide' });
  });

  it('is found in two layers, each with its own', () => {
    const caps: CapsHost['truth'] = {
      network: { cap: { size: 256, scope: 'host-wide' } },
      ring: { cap: { size: 64, scope: 'host-wide' } },
    };
    const { findings } = probe(caps, { guests: 8, maxDepth: 128 });
    const sizes = (['network', 'ring'] as const).map((layer) => limitOf(findings, layer));
    expect(sizes.map((limit) => (limit.kind === 'cap' ? Math.round(limit.size.estimate / 16) : limit))).toEqual([
      16, 4,
    ]);
  });

  it('in a third layer is mentioned but not sized', () => {
    const cap = (size: number) => ({ cap: { size, scope: 'host-wide' } }) as const;
    const { findings } = probe({ network: cap(64), blockstack: cap(32), ring: cap(16) }, { budgetPoints: 120 });
    expect(limitOf(findings, 'ring').kind).toBe('cap');
    expect(limitOf(findings, 'blockstack').kind).toBe('cap');
    const third = limitOf(findings, 'network');
    expect(third.kind === 'unclear' && limitUnknownWords(third.why)).toMatch(/near 6\d/);
  });
});

describe('what is no cap', () => {
  it('a rate is a rate, however round the number in flight at its knee', () => {
    const { findings } = probe({ ring: { rate: 64_000 } }, { delayNs: 1e6 });
    const ring = limitOf(findings, 'ring');
    expect(ring.kind === 'rate' && Math.round(ring.perSecond.estimate / 4000)).toBe(16);
    expect(findings.stack.kind).toBe('rate');
  });

  it('a rate just above a cap leaves it unclear', () => {
    const { findings } = probe({ ring: { cap: { size: 64, scope: 'host-wide' }, rate: 1.4 * 1280 } });
    const ring = limitOf(findings, 'ring');
    expect(ring.kind === 'unclear' && limitUnknownWords(ring.why)).toMatch(/half the delay raises goodput by [34]\d %/);
  });

  it('a latency is given in time', () => {
    const ring = limitOf(probe({ ring: { latencyNs: 10e6 } }).findings, 'ring');
    expect(ring.kind === 'latency' && ring.addedNs / 1e7).toBeCloseTo(1, 0.7);
  });

  it('a latency is that of its junctions, where they tell, and not the path that waits for the CPU', () => {
    const simulation = {
      ...quiet,
      design: capsDesign(),
      host: { truth: { ring: { latencyNs: 10e6 } }, cpuNs: 150_000 },
    };
    const seen = limitOf(simulateCaps({ ...simulation, junctions: true }).findings, 'ring');
    expect(seen.kind === 'latency' && seen.addedNs / 10e6).toBeCloseTo(1, 2);
    const quick = { ...simulation, host: { truth: { ring: { latencyNs: 1e6 } }, cpuNs: 150_000 }, junctions: true };
    expect(limitOf(simulateCaps(quick).findings, 'ring').kind).toBe('open');
  });

  it('a knee near the most that was offered is open as far as that is sure', () => {
    const { findings } = probe({ ring: { cap: { size: 200, scope: 'host-wide' } } });
    expect(limitOf(findings, 'ring')).toMatchObject({ kind: 'open', upTo: 128 });
  });
});

describe('a path that is full at half the delay', () => {
  // Over 50 ms a cap of 100 lets 2,000 I/O a second through; the path gives 2,600.
  const truth = { ring: { cap: { size: 100, scope: 'host-wide' as const }, rate: 2600 } };
  const longer = [
    { delayNs: 200e6, cost: 1.5 },
    { delayNs: 800e6, cost: 4 },
  ];

  it('leaves a cap unclear over one delay, and has it measured again over a longer one', () => {
    const once = probe(truth, { budgetPoints: 120 }).findings;
    expect(limitOf(once, 'ring').kind).toBe('unclear');
    const { findings, observations } = probe(truth, { budgetPoints: 120, longer });
    const ring = limitOf(findings, 'ring');
    expect(ring).toMatchObject({ kind: 'cap', scope: 'host-wide' });
    expect(ring.kind === 'cap' && ring.size.estimate / 100).toBeCloseTo(1, 1);
    expect(findings.stack).toMatchObject({ kind: 'cap', scope: 'host-wide' });
    expect(findings).toMatchObject({ delayNs: 50e6, stackOverNs: 200e6 });
    expect(findings.layers.find(({ layer }) => layer === 'ring')?.overNs).toBe(200e6);
    expect(findings.layers.find(({ layer }) => layer === 'network')?.overNs).toBeUndefined();
    expect(new Set(observations.map(({ delayNs }) => delayNs))).toEqual(new Set([50e6, 200e6]));
  });

  it('is measured again over one still longer where one is not enough', () => {
    const slow = { ring: { cap: { size: 100, scope: 'host-wide' as const }, rate: 2600 } };
    const steps = [{ delayNs: 60e6, cost: 1 }, ...longer];
    const ring = limitOf(probe(slow, { budgetPoints: 200, longer: steps }).findings, 'ring');
    expect(ring.kind === 'cap' && ring.size.estimate / 100).toBeCloseTo(1, 1);
  });

  it('is left as it is when the budget does not pay for a longer delay', () => {
    const run = probe(truth, { budgetPoints: 50, longer: [{ delayNs: 200e6, cost: 40 }] });
    expect(limitOf(run.findings, 'ring').kind).toBe('unclear');
    expect(run.observations.every(({ delayNs }) => delayNs === 50e6)).toBe(true);
  });

  it('stays a rate where no cap lies behind it', () => {
    const { findings, observations } = probe({ ring: { rate: 1280 } }, { budgetPoints: 120, longer });
    expect(limitOf(findings, 'ring').kind).toBe('rate');
    expect(observations.every(({ delayNs }) => delayNs === 50e6)).toBe(true);
  });

  it('gives the same from records of before there were longer delays', () => {
    const { observations, findings } = probe({ ring: { cap: { size: 64, scope: 'host-wide' } } });
    const older = observations.map(withoutDelay);
    expect(capsFindings(capsDesign(), older)).toEqual(findings);
  });
});

describe('guests that stop', () => {
  it('are waited for where the rest may meet a cap, and not far below every cap', () => {
    const design = capsDesign();
    const { observations } = probe({ ring: { cap: { size: 64, scope: 'host-wide' } } });
    const visits = [...new Set(observations.map(({ visit }) => visit))].map((visit) =>
      decideCaps(
        design,
        observations.filter((seen) => seen.visit < visit),
      ),
    );
    const fewer = visits.flatMap((decision) =>
      decision.kind === 'measure' && decision.visit.points.some(({ guests }) => guests < 4) ? [decision.visit] : [],
    );
    expect(fewer.map(({ depth, afresh }) => [depth, afresh])).toEqual([
      [32, true],
      [8, false],
    ]);
  });
});

describe('a load generator that is the limit', () => {
  it('lowers what is offered, and hides nothing below', () => {
    const { findings } = probe({ ring: { cap: { size: 16, scope: 'host-wide' } } }, {}, { saturation: 0.6 * 256 * 20 });
    expect(findings.offered).toBe(128);
    expect(limitOf(findings, 'ring')).toMatchObject({ kind: 'cap', scope: 'host-wide' });
  });

  it('is not taken for a layer', () => {
    const { findings } = probe({}, {}, { saturation: 0.3 * 256 * 20 });
    expect(findings).toMatchObject({ offered: 64, stack: { kind: 'open', upTo: 64 } });
  });

  it('is the only finding when no guest may offer more than one', () => {
    expect(probe({}, { maxDepth: 1 }, { saturation: 40 }).findings.offered).toBe(0);
  });

  it('leaves the size of a cap alone where it is almost enough', () => {
    const { findings } = probe(
      { ring: { cap: { size: 32, scope: 'host-wide' } } },
      {},
      { saturation: 0.86 * 256 * 20 },
    );
    const ring = limitOf(findings, 'ring');
    expect(ring.kind === 'cap' && ring.size.estimate / 32).toBeCloseTo(1, 1);
  });

  it.each([0.84, 0.845])('takes no size back at the end of the budget, where it serves %f of the load', (served) => {
    const host = { saturation: served * 256 * 20 };
    const design = { layers: ['network', 'ring'], budgetPoints: 90 } as const;
    const { observations } = probe({ ring: { cap: { size: 64, scope: 'host-wide' } } }, design, host);
    const visits = Math.max(...observations.map(({ visit }) => visit)) + 1;
    const kinds = Array.from({ length: visits }, (_, last) => {
      const seen = observations.filter(({ visit }) => visit <= last);
      return limitOf(capsFindings(capsDesign(design), seen), 'ring').kind;
    });
    expect(kinds).toContain('cap');
    expect(kinds.slice(kinds.indexOf('cap'))).toEqual(kinds.slice(kinds.indexOf('cap')).map(() => 'cap'));
  });

  it('is the only finding when it cannot serve the least load', () => {
    const { findings } = probe({}, {}, { saturation: 40 });
    expect(findings.offered).toBe(0);
    expect(findings.stack.kind === 'unclear' && limitUnknownWords(findings.stack.why)).toMatch(/load generator/);
  });
});

describe('the media', () => {
  it('is saturated at a cap or a rate, and cannot be told apart', () => {
    const { findings } = probe({ media: { latencyNs: 1e6, cap: { size: 32, scope: 'host-wide' } } }, { media: true });
    const media = limitOf(findings, 'media');
    expect(media.kind === 'saturated' && media.perSecond.estimate / 32_000).toBeCloseTo(1, 1);
  });

  /** A path that takes 0.2 ms of CPU for each I/O: it waits for it the more, the more is in flight. */
  const loaded = { cpuNs: 200_000 };

  it.each([32, 64])("has its own latency, whatever a path costs that is loaded by %i guests' I/O", (maxDepth) => {
    const design = { media: true, maxDepth };
    const { findings } = probe({ media: { latencyNs: 150e6 } }, design, loaded);
    const media = limitOf(findings, 'media');
    expect(media.kind === 'latency' && media.addedNs / 150e6).toBeGreaterThan(0.97);
    expect(media.kind === 'latency' && media.addedNs / 150e6).toBeLessThan(1.03);
    const seen = simulateCaps({
      ...quiet,
      ...{ host: { truth: { media: { latencyNs: 150e6 } }, ...loaded }, design: capsDesign(design), junctions: true },
    });
    expect(limitOf(seen.findings, 'media')).toMatchObject({ kind: 'latency', addedNs: 150e6 });
  });

  it.each([1, 2, 3, 4, 5])('takes no point from the size of a cap while its own is not plain, with seed %i', (seed) => {
    const truth: CapsHost['truth'] = { media: { latencyNs: 150e6 }, ring: { cap: { size: 64, scope: 'host-wide' } } };
    const host = { truth, cpuNs: 900_000, pathNs: 2e6 };
    const design = capsDesign({ media: true, delayNs: 250e6, budgetPoints: 44 });
    const { findings } = simulateCaps({ host, design, noise: 'iid', cv: 0.04, seed });
    const ring = limitOf(findings, 'ring');
    expect(ring).toMatchObject({ kind: 'cap', scope: 'host-wide' });
    expect(ring.kind === 'cap' && ring.size.estimate / 64).toBeCloseTo(1, 0.7);
  });

  it('has a latency while it keeps up', () => {
    const media = limitOf(probe({ media: { latencyNs: 2e6 } }, { media: true }).findings, 'media');
    expect(media.kind === 'latency' && media.addedNs / 2e6).toBeCloseTo(1, 1);
  });
});

describe('a probe that is cut short', () => {
  const design = capsDesign();
  const { observations } = probe({ ring: { cap: { size: 64, scope: 'host-wide' } } });

  it('has findings at any point, and claims no cap before its size is known', () => {
    for (let count = 0; count <= 12; count++) {
      const findings = capsFindings(design, observations.slice(0, count));
      expect(findings.points).toBe(count);
      expect(findings.stack.kind).toBe('unclear');
    }
  });

  it('goes on from half a visit with what is missing of it', () => {
    const rest = decideCaps(design, observations.slice(0, 10));
    expect(rest.kind === 'measure' && rest.visit.depth).toBe(64);
    expect(rest.kind === 'measure' && rest.visit.points.length).toBeLessThan(12);
  });

  it('stays within the budget', () => {
    const run = simulateCaps({
      host: { truth: { ring: { cap: { size: 64, scope: 'host-wide' } } } },
      design: capsDesign({ budgetPoints: 30 }),
      noise: 'iid',
      cv: 0.2,
      seed: 1,
    });
    expect(run.observations.length).toBeLessThanOrEqual(30);
  });
});

describe('an unusable observation', () => {
  it('over a delay that the probe does not have is refused', () => {
    const seen = { visit: 3, depth: 8, delayNs: 7, subject: 'stack', delay: 'full', guests: 4, goodput: 9 } as const;
    expect(() => decideCaps(capsDesign(), [seen])).toThrow(ProfileError);
    expect(() => decideCaps(capsDesign(), [seen])).toThrow(/visit 3.*delay of 7 ns/);
  });

  it('is named with its visit', () => {
    const seen = { visit: 7, depth: 8, subject: 'stack', delay: 'full', guests: 4, goodput: 0 } as const;
    expect(() => decideCaps(capsDesign(), [seen])).toThrow(ProfileError);
    expect(() => decideCaps(capsDesign(), [seen])).toThrow(/visit 7.*goodput of 0/);
  });
});
