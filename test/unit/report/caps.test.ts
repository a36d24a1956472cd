import { describe, expect, it } from 'vitest';
import type { Limit, CapsFindings } from '../../../agent/analysis/caps/limit.ts';
import type { Knob } from '../../../agent/knobs/knob.ts';
import { capHeadline, capSentences, kindClause, nextForCaps, renderLimit } from '../../../agent/report/words/caps.ts';
import { limitInWords } from '../../../agent/report/words/in-document.ts';
import { capsOf } from '../../../agent/report/document/caps.ts';

const cap: Limit = {
  ...{ kind: 'cap', size: { estimate: 64.4, low: 61.2, high: 67.3 }, scope: 'host-wide', load: 0, delay: -1 },
};
const findings: CapsFindings = {
  ...{ delayNs: 50e6, offered: 256, points: 40, stack: cap },
  layers: [
    { layer: 'network', limit: { kind: 'open', upTo: 256 } },
    { layer: 'ring', limit: cap },
  ],
};
const canQueue: Knob = {
  ...{ id: 'tcm.canq', layer: 'ring', name: 'can_queue', where: '/sys/class/scsi_host/host0/can_queue' },
  ...{ sharedIn: 'host0', value: '64', defaultValue: '1024', atDefault: false, limit: 64, scope: 'shared' },
  change: { how: 'echo N >parameter', isCommand: true },
};

describe('the caps of a report', () => {
  it('name size, scope, knob, value, default, place and way to change it, once', () => {
    const [sentence, ...more] = capSentences(capsOf(findings, [canQueue], { guests: 4 }));
    expect(more).toEqual([]);
    for (const part of [
      'ring allows 64 in flight (61 to 67), host-wide',
      'can_queue is 64, default 1024, at /sys/class/scsi_host/host0/can_queue',
      'to change it: echo N >parameter',
    ])
      expect(sentence).toContain(part);
  });

  it('blame no knob of another layer, and none whose limit is another', () => {
    const others: readonly Knob[] = [
      { ...canQueue, layer: 'network' },
      { ...canQueue, value: '128', limit: 128 },
    ];
    const rows = capsOf(findings, others, { guests: 4 }).rows;
    expect(rows.flatMap(({ knobs }) => knobs)).toEqual([]);
    expect(capSentences(capsOf(findings, others, { guests: 4 }))[0]).toContain(
      'no setting that was read matches this cap',
    );
  });

  it('say of a knob at its default that it is', () => {
    const knob = { ...canQueue, defaultValue: '64', atDefault: true };
    expect(capSentences(capsOf(findings, [knob], { guests: 4 }))[0]).toContain('can_queue is 64, its default, at');
  });

  it('say what is known to allow as many where no setting fits', () => {
    const size = { estimate: 31.5, low: 31, high: 32.5 };
    const caps = capsOf({ ...findings, layers: [{ layer: 'ring', limit: { ...cap, size } }] }, [], { guests: 4 });
    expect(capSentences(caps)[0]).toContain('one Xen block ring of one page');
  });

  it('follow the name of the layer that holds back, with what to set', () => {
    const caps = capsOf(findings, [canQueue], { guests: 4 });
    const latency = { guestsNs: null, layers: [] };
    expect(kindClause({ caps, latency }, 'ring')).toBe(', by a cap of 64 in flight (61 to 67), host-wide');
    expect(kindClause({ caps, latency }, 'network')).toBe('');
    expect(kindClause({ caps: null, latency }, 'ring')).toBe('');
    expect(nextForCaps(caps)).toContain('raise can_queue of ring from 64 (default 1024): echo N >parameter');
  });

  it('say of a latency what the junctions say, as the line beneath does', () => {
    const added: Limit = { kind: 'latency', addedNs: 134.7e6 };
    const caps = capsOf({ ...findings, layers: [{ layer: 'media', limit: added }] }, [], { guests: 4 });
    const layers = [{ layer: 'media' as const, ownNs: 150.3e6, throughNs: 150.3e6 }];
    expect(kindClause({ caps, latency: { guestsNs: null, layers } }, 'media')).toContain(
      'by the 150.3 ms that it adds',
    );
    expect(kindClause({ caps, latency: { guestsNs: null, layers: [] } }, 'media')).toContain('by the 134.7 ms');
  });

  it('tell the delay of each that needed a longer one', () => {
    const longer = { ...findings, stackOverNs: 200e6, layers: [{ layer: 'ring' as const, limit: cap, overNs: 200e6 }] };
    expect(capsOf(longer, [], { guests: 4 }).rows.map(({ overNs }) => overNs)).toEqual([200e6, 200e6]);
    expect(capsOf(findings, [], { guests: 4 }).rows.every((row) => !('overNs' in row))).toBe(true);
  });

  it('head a run that asked for nothing else: the tightest first, or none', () => {
    const wider: Limit = { ...cap, size: { estimate: 128, low: 120, high: 135 } };
    const both = { ...findings, layers: [{ layer: 'network' as const, limit: wider }, ...findings.layers.slice(1)] };
    expect(capHeadline(capsOf(both, [], { guests: 4 }))).toContain('ring allows 64 in flight (61 to 67), host-wide');
    const open = { ...findings, stack: { kind: 'open' as const, upTo: 256 }, layers: findings.layers.slice(0, 1) };
    expect(capHeadline(capsOf(open, [], { guests: 4 }))).toBe(
      'The stack as a whole: no limit up to 256 in flight; no layer alone has a cap.',
    );
    expect(nextForCaps(capsOf(open, [], { guests: 4 }))).toContain('nothing to raise');
  });

  it('claim nothing of layers that the probe cannot tell of', () => {
    const unclear: Limit = { kind: 'unclear', why: { kind: 'noise-hides-rise' } };
    const noisy = { layer: 'network' as const, limit: unclear };
    const some = capsOf({ ...findings, layers: [noisy, ...findings.layers.slice(1)] }, [], { guests: 4 });
    expect(capHeadline(some)).toBe('ring allows 64 in flight (61 to 67), host-wide; cannot tell yet of network.');
    const nothing = capsOf({ ...findings, stack: unclear, layers: [noisy] }, [], { guests: 4 });
    expect(capHeadline(nothing)).toMatch(/^Cannot tell yet: the noise/);
    expect(nextForCaps(nothing)).toContain('repeat with a larger budget');
  });

  it('say what to look at where the limit is no cap of one layer', () => {
    const rate: Limit = { kind: 'rate', perSecond: { estimate: 1000, low: 950, high: 1050 }, load: 0, delay: 0 };
    const slow = { ...findings, stack: rate, layers: [{ layer: 'blockstack' as const, limit: rate }] };
    expect(nextForCaps(capsOf(slow, [], { guests: 4 }))).toContain('what limits the rate of blockstack');
    expect(nextForCaps(capsOf({ ...findings, layers: findings.layers.slice(0, 1) }, [], { guests: 4 }))).toContain(
      'none has that limit alone',
    );
  });

  it.each<[Limit, string]>([
    [
      { kind: 'unclear', upTo: 256, why: { kind: 'noise-hides-flight' } },
      'cannot tell up to 256 in flight: the noise does not show whether all that was offered was in flight',
    ],
    [
      { ...cap, scope: 'per-guest', perGuest: { estimate: 16, low: 15, high: 17 } },
      '16 in flight (15 to 17) for each guest',
    ],
    [
      { kind: 'rate', perSecond: { estimate: 1000, low: 950, high: 1050 }, load: 0, delay: 0 },
      'a rate of 1,000 (950 to 1,050) I/O a second',
    ],
    [{ kind: 'latency', addedNs: 30e6 }, 'no limit, 30 ms added to each I/O'],
    [{ kind: 'open', upTo: 256 }, 'no limit up to 256 in flight'],
    [{ kind: 'unclear', why: { kind: 'not-measured' } }, 'cannot tell: not measured'],
  ])('render %j', (limit, text) => {
    expect(renderLimit(limitInWords(limit))).toBe(text);
  });
});
