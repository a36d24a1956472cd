import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outstanding } from '../../../../agent/host/journal/journal.ts';
import { type Step } from '../../../../agent/host/step.ts';
import { describeStep, unwind } from '../../../../agent/host/journal/unwind.ts';
import { type Machine, makeMachine } from '../../../support/fake-host.ts';

let machine: Machine;
beforeEach(() => {
  machine = makeMachine([
    ['/a', 'folder'],
    ['/b', 'folder'],
  ]);
});

const entry = (seq: number, step: unknown): Outstanding => ({ seq, step: step as Step, prior: '' });
const mkdir = (path: string) => ({ kind: 'mkdir', path, why: 'a test' });

describe('unwinding a journal that another version wrote', () => {
  const levitate = { kind: 'levitate', why: 'a test' };

  it('names a step of a kind that it does not know, and undoes the others', async () => {
    const report = await unwind([entry(0, mkdir('/a')), entry(1, levitate), entry(2, mkdir('/b'))], machine);
    expect(report).toEqual({
      undone: 2,
      residue: [{ message: 'cannot undo `levitate`: this version does not know the step kind levitate' }],
    });
    expect([...machine.things]).toEqual([]);
  });

  it('does so too while each step is told as a line', async () => {
    const tell = vi.fn(({ step }: Outstanding) => describeStep(step).undo);
    const report = await unwind([entry(0, mkdir('/a')), entry(1, levitate)], { ...machine, onStep: tell });
    expect(report.undone).toBe(1);
  });

  it('names a step that lacks what its kind must have, and undoes the others', async () => {
    const damaged = { kind: 'exec', why: 'a test' };
    const report = await unwind([entry(0, mkdir('/a')), entry(1, damaged), entry(2, mkdir('/b'))], machine);
    expect(report.undone).toBe(2);
    expect(report.residue).toHaveLength(1);
  });
});

describe('unwinding', () => {
  it('of nothing touches nothing', async () => {
    expect(await unwind([], machine)).toEqual({ undone: 0, residue: [] });
    expect(machine.records).toEqual([]);
  });

  it('writes down each undo before it is made, and what became of it', async () => {
    machine.faults.undo.set('/a', 'throws');
    await unwind([entry(4, mkdir('/a')), entry(7, mkdir('/b'))], machine);
    expect(machine.records).toEqual([
      { type: 'undoing', seq: 7 },
      { type: 'undone', seq: 7 },
      { type: 'undoing', seq: 4 },
      { type: 'stuck', seq: 4, reason: 'EBUSY for ever' },
    ]);
  });

  it('names what was there before a change that cannot be taken back', async () => {
    machine.things.set('/knob', 'ours');
    machine.faults.undo.set('/knob', 'throws');
    const knob = entry(0, { kind: 'write', path: '/knob', value: 'ours', restore: 'prior', why: 'w' });
    const { residue } = await unwind([{ ...knob, prior: 'mq-deadline' }], machine);
    expect(residue).toMatchObject([{ hint: 'by hand: echo mq-deadline > /knob' }]);
  });

  it('tries again what was stuck, once something else was undone after it', async () => {
    machine.things.set('/a/in', 'of others');
    const steps = [
      entry(0, { kind: 'exec', argv: ['x'], undo: ['y'], witness: { path: '/a/in' }, why: 'w' }),
      entry(1, mkdir('/a')),
    ];
    expect(await unwind(steps, machine)).toEqual({ undone: 2, residue: [] });
    expect(machine.records.filter(({ type }) => type === 'stuck')).toMatchObject([{ seq: 1 }]);
    expect(machine.things.has('/a')).toBe(false);
  });
});
