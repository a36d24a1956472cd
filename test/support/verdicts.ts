// One verdict of every kind.

import type { Verdict } from '../../agent/analysis/verdict/verdict.ts';

export const verdicts = {
  lever: { kind: 'lever', layer: 'network', lift: { estimate: 3.9, low: 3.6, high: 4.3 }, next: 'media' },
  smallLever: { kind: 'lever', layer: 'blockstack', lift: { estimate: 1.2, low: 1.095, high: 1.31 } },
  tie: { kind: 'tie', layers: ['network', 'ring'], lift: { estimate: 1.34, low: 1.28, high: 1.41 } },
  masked: {
    kind: 'masked',
    layers: ['media', 'network'],
    lift: { estimate: 3.1, low: 2.8, high: 3.4 },
    alternatives: [['media', 'ring']],
    minor: [{ layer: 'media', lift: { estimate: 1.12, low: 1.04, high: 1.2 } }],
    unproven: ['network'],
  },
  none: { kind: 'none', bound: 1.021, delta: 1.05, widened: false, covers: [['media', 'network']], untested: [] },
  outside: { kind: 'outside', limit: 'thread', why: { kind: 'thread', stubbed: 'all' } },
  inconclusive: {
    kind: 'inconclusive',
    why: { kind: 'several-within-noise' },
    candidates: ['media', 'network'],
    proven: ['network'],
    headroom: { estimate: 1.4, low: 1.2, high: 1.6 },
  },
} as const satisfies Record<string, Verdict>;
