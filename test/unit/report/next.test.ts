import { describe, expect, it } from 'vitest';
import type { TwoSided, Limit, CapsFindings } from '../../../agent/analysis/caps/limit.ts';
import type { Verdict } from '../../../agent/analysis/verdict/verdict.ts';
import type { Knob } from '../../../agent/knobs/knob.ts';
import type { Layer } from '../../../agent/lib/layer.ts';
import type { ReportDocument } from '../../../agent/report/document/document.ts';
import { changeFrom } from '../../../agent/records/knob.ts';
import { valueFor } from '../../../agent/knobs/scale.ts';
import { raiseClause, settingFor } from '../../../agent/report/words/knobs.ts';
import { documentOf, inputOf, runs } from '../../support/documents.ts';

const about = (estimate: number): TwoSided => ({ estimate, low: estimate * 0.95, high: estimate * 1.05 });
const capAt = (size: number): Limit => ({ kind: 'cap', size: about(size), scope: 'host-wide', load: 0, delay: -1 });
const knobOf = (layer: Layer, name: string, change: string): Knob => ({
  ...{
    id: 'tcm.canq',
    layer,
    name,
    where: `/sys/${name}`,
    value: '64',
    defaultValue: '1024',
    atDefault: false,
    limit: 64,
  },
  ...{ scope: 'shared', change: changeFrom(change, 'tcm.canq') },
});
const canQueue = knobOf('ring', 'can_queue', 'echo N >/sys/module/tcm_loop/parameters/can_queue; for the next adapter');
const blockKnob = knobOf('blockstack', 'nr_requests', 'echo N >/sys/block/dm-1/queue/nr_requests; live');

const stack: readonly Layer[] = ['media', 'blockstack', 'ring'];

/** Media that lift 14 times, a ring that doubles, and caps of 64 in the layers that are named. */
function report(options: {
  capped: readonly Layer[];
  knobs: readonly Knob[];
  depths?: readonly number[];
  goodput?: (stubbed: readonly Layer[]) => number;
  verdict?: Verdict;
}): ReportDocument {
  const { capped, knobs, depths, verdict } = options;
  const goodput =
    options.goodput ??
    ((stubbed: readonly Layer[]) => 400 * (stubbed.includes('media') ? 14 : 1) * (stubbed.includes('ring') ? 2.1 : 1));
  const run = { layers: stack, goodput, wobble: 0.01, blocks: 2 };
  const findings: CapsFindings = {
    ...{ delayNs: 50e6, offered: 256, points: 40, stack: capAt(64) },
    layers: capped.map((layer) => ({ layer, limit: capAt(64) })),
  };
  const { analysis } = inputOf(run);
  return documentOf({
    ...run,
    input: {
      caps: { findings, knobs, guests: 4, depths },
      ...(verdict ? { analysis: { ...analysis, verdict } } : {}),
    },
  });
}

const asks = [32, 32, 32, 32];

describe('what to do next', () => {
  it('is the setting of a proven lift, though another layer lifts more and has none', () => {
    const { sentence, next, why } = report({ capped: ['ring'], knobs: [canQueue], depths: asks });
    expect(sentence).toMatch(/^media holds this host back/);
    expect(next).toMatch(
      /^Next: raise can_queue of ring from 64 \(default 1024\) to 128 or more: `echo 128 >\/sys\/module\/tcm_loop\/parameters\/can_queue`, for the next adapter; with ring stubbed, goodput rises 2\.1x \(at least \d\.\dx\); then repeat, as the next limit shows only then\.$/,
    );
    expect(why).toContainEqual(expect.stringMatching(/^in media, look at the latency, queue depth and health/));
  });

  it('is the setting of the larger lift where several have one', () => {
    const goodput = (stubbed: readonly Layer[]): number =>
      400 * (stubbed.includes('blockstack') ? 3 : 1) * (stubbed.includes('ring') ? 2 : 1);
    const both = report({ capped: ['blockstack', 'ring'], knobs: [canQueue, blockKnob], depths: asks, goodput });
    expect(both.next).toContain('raise nr_requests of blockstack from 64 (default 1024) to 128 or more');
    expect(both.next).toContain('`echo 128 >/sys/block/dm-1/queue/nr_requests`, live');
  });

  it('is no setting where its layer lifts nothing, its cap does not bind, or none was read', () => {
    const idle = (stubbed: readonly Layer[]): number => 400 * (stubbed.includes('media') ? 14 : 1);
    for (const other of [
      report({ capped: ['ring'], knobs: [canQueue], depths: asks, goodput: idle }),
      report({ capped: ['ring'], knobs: [canQueue], depths: [8, 8, 8, 8] }),
      report({ capped: ['ring'], knobs: [], depths: asks }),
    ]) {
      expect(other.next).toMatch(/^Next: look at the latency, queue depth and health of the disks/);
      expect(other.why.join()).not.toContain('in media, look at');
    }
  });

  it('of layers that hide one another is all of their settings together', () => {
    const lift = { estimate: 3, low: 2.8, high: 3.2 };
    const layers = ['blockstack', 'ring'] as const;
    const verdict = { kind: 'masked', layers, lift, alternatives: [], minor: [], unproven: [] } as const;
    const goodput = (stubbed: readonly Layer[]): number =>
      layers.every((layer) => stubbed.includes(layer)) ? 1200 : 400;
    const some = { capped: layers, depths: asks, goodput, verdict };
    const all = report({ ...some, knobs: [canQueue, blockKnob] });
    expect(all.next).toMatch(/^Next: raise nr_requests of blockstack .*; raise can_queue of ring .*; all together/);
    const one = report({ ...some, knobs: [canQueue] });
    expect(one.next).toMatch(
      /^Next: plan the fixes of blockstack and ring together; .*: raise can_queue of ring .* In blockstack: /,
    );
    expect(one.next).not.toContain('In ring:');
  });

  it('of a record that does not say what the guests ask for names the setting without a value', () => {
    const { next } = report({ capped: ['ring'], knobs: [canQueue] });
    expect(next).toContain('raise can_queue of ring from 64 (default 1024): echo N >/sys');
  });

  it('stays as it was without a cap probe', () => {
    expect(documentOf(runs.lever).next).toBe(
      'Next: look at latency, loss and rate on the storage path, and the queues of its initiator and target.',
    );
  });
});

describe('the value that is needed', () => {
  it.each([
    ['a count of I/Os', { id: 'tcm.canq', value: '64', limit: 64 }, 128, 128],
    ['entries of which one stays free', { id: 'nvmet.qid', value: '128', limit: 127 }, 256, 257],
    ['an order of pages', { id: 'xen.order', value: '0', limit: 32 }, 128, 2],
    ['an order, not quite filled', { id: 'xen.order', value: '1', limit: 64 }, 65, 2],
    ['rings', { id: 'xen.queues', value: '2', limit: 64 }, 128, 4],
    ['a word', { id: 'blk.kyber', value: 'kyber', limit: 128 }, 256, undefined],
    ['busy disks', { id: 'blk.fair', value: '3', limit: 22 }, 64, undefined],
  ])('of a knob that counts in %s', (_, knob, inFlight, needed) => {
    expect(valueFor(knob, inFlight)).toBe(needed);
  });
});

describe('the command', () => {
  const knob = {
    ...{
      id: 'x',
      layer: 'ring' as const,
      name: 'k',
      where: '/w',
      device: null,
      value: '32',
      defaultValue: '32',
      atDefault: true,
    },
    ...{ limit: 32, times: 1, needed: '64' },
  };
  it.each([
    [
      'iscsiadm -m node -o update -n node.session.cmds_max -v N; log in again',
      '`iscsiadm -m node -o update -n node.session.cmds_max -v 64`, log in again',
    ],
    [
      'modprobe loop hw_queue_depth=N; reload (down: nr_requests, live)',
      '`modprobe loop hw_queue_depth=64`, reload (down: nr_requests, live)',
    ],
    [
      "the virtual machine's device: queue-size, num-queues; re-attach",
      "the virtual machine's device: queue-size, num-queues, re-attach",
    ],
    ['set by its driver', 'set by its driver'],
    [
      'xen_blkfront.max_ring_page_order=N, up to 4 here; guest: on its command line',
      'xen_blkfront.max_ring_page_order=64, up to 4 here, guest: on its command line',
    ],
  ])('of `%s`', (change, said) => {
    const set = settingFor(changeFrom(change, knob.id), Number(knob.needed));
    expect(raiseClause({ ...knob, change, set })).toBe(`raise k of ring from 32 (its default) to 64 or more: ${said}`);
  });

  it('of an NVMe queue asks for one entry more than the attribute will read', () => {
    const change = 'nvme connect --queue-size N (up to 1024); reconnect';
    const set = settingFor(changeFrom(change, 'nvmf.qsz'), 255);
    const said = raiseClause({ ...knob, id: 'nvmf.qsz', value: '127', needed: '255', change, set });
    expect(said).toContain('`nvme connect --queue-size 256`, up to 1024');
  });
});
