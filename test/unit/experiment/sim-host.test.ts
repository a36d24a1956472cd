// The simulated host itself: a model that gave goodput for nothing, or an undo that always worked, would prove nothing.

import { describe, expect, it } from 'vitest';
import { linearTable } from '../../../agent/host/dm/table.ts';
import type { Step } from '../../../agent/host/step.ts';
import { flowsOf, type Loop } from '../../support/sim-host/model.ts';
import { act, makeThings, undo } from '../../support/sim-host/things.ts';

const loop = (guest: number, inFlight: number, more: Partial<Loop> = {}): Loop => ({
  ...{ guest, inFlight },
  way: [
    { device: `top${guest}`, serviceMs: 2 },
    { device: 'disk', serviceMs: 8 },
  ],
  ...more,
});

describe('the closed loop', () => {
  it('obeys the law of Little: X = N / latency', () => {
    const [flow] = flowsOf([loop(1, 20)], 1000);
    expect(flow).toMatchObject({ iosPerMs: 2, latencyMs: 10, belowMs: [10, 8] });
  });

  it('shares a cap among guests, who wait above it and keep all in flight', () => {
    const way = [
      { device: 'top', serviceMs: 2 },
      { device: 'disk', serviceMs: 8, caps: [{ key: 'disk', inFlight: 4 }] },
    ];
    const flows = flowsOf([loop(1, 20, { way }), loop(2, 20, { way })], 1000);
    for (const { iosPerMs, latencyMs, belowMs } of flows) {
      expect(iosPerMs).toBeCloseTo(4 / 8 / 2, 9);
      expect(iosPerMs * latencyMs).toBeCloseTo(20, 9);
      expect(belowMs[1]).toBeCloseTo(latencyMs - 2, 9);
    }
  });

  it('lets those who ask for less have less in flight, and those who are held back wait in the guest', () => {
    const [asks, held] = flowsOf([loop(1, 20, { askedPerMs: 1 }), loop(2, 20, { allowedPerMs: 1 })], 1000);
    expect(asks).toMatchObject({ iosPerMs: 1, latencyMs: 10 });
    expect(held).toMatchObject({ iosPerMs: 1, latencyMs: 20, belowMs: [10, 8] });
  });

  it('gives all guests together no more than the CPUs can do', () => {
    const flows = flowsOf([loop(1, 200), loop(2, 200)], 4);
    expect(flows.map(({ iosPerMs }) => iosPerMs)).toEqual([2, 2]);
  });
});

describe('its steps', () => {
  const create = (name: string, device: string): Step => ({
    ...{ kind: 'dm-create', name, uuid: name, why: 'x' },
    table: linearTable(device, 8),
  });

  it('refuse a table on a device that is not there', () => {
    expect(() => act(makeThings(), create('a', '/dev/dm-7'))).toThrow('ENODEV /dev/dm-7');
  });

  it('are not undone while something stands on what they made', () => {
    const things = makeThings();
    const { node } = act(things, create('a', '/dev/nullb0'));
    act(things, create('b', node));
    expect(() => undo(things, create('a', '/dev/nullb0'), undefined)).toThrow('EBUSY');
    undo(things, create('b', node), undefined);
    undo(things, create('a', '/dev/nullb0'), undefined);
    expect([...things.dm]).toEqual([]);
  });

  it('put back what was written over', () => {
    const things = makeThings();
    things.files.set('/sys/x', '1');
    const write: Step = { kind: 'write', path: '/sys/x', value: '2', restore: 'prior', why: 'x' };
    const { prior } = act(things, write);
    expect(things.files.get('/sys/x')).toBe('2');
    undo(things, write, prior);
    expect(things.files.get('/sys/x')).toBe('1');
  });
});
