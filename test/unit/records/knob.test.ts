import { expect, it } from 'vitest';
import { knobSchema } from '../../../agent/records/knob.ts';

const knob = {
  ...{ id: 'tcm.canq', layer: 'ring', name: 'can_queue', where: '/sys/can_queue', value: '64', atDefault: false },
  ...{ limit: 64, scope: 'shared' },
  change: { how: 'echo N >can_queue', isCommand: true, effect: 'for the next adapter' },
};

it('a knob of a version that called its default "standard" is read', () => {
  expect(knobSchema.parse({ ...knob, standard: '1024' })).toEqual({ ...knob, defaultValue: '1024' });
  expect(knobSchema.parse({ ...knob, defaultValue: '1024' })).toEqual({ ...knob, defaultValue: '1024' });
  expect(knobSchema.parse(knob)).toEqual(knob);
});

it('a knob of a version that told the change in a sentence is read', () => {
  const change = 'echo N >can_queue; for the next adapter';
  expect(knobSchema.parse({ ...knob, change })).toEqual(knob);
  expect(knobSchema.parse({ ...knob, change: 'set by its driver' }).change).toEqual({
    ...{ how: 'set by its driver', isCommand: false },
  });
});
