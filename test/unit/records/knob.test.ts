import { expect, it } from 'vitest';
import { knobSchema } from '../../../agent/records/knob.ts';

const knob = {
  ...{ id: 'tcm.canq', layer: 'ring', name: 'can_queue', where: '/sys/can_queue', value: '64', atDefault: false },
  ...{ limit: 64, scope: 'shared', change: 'echo N >can_queue; for the next adapter' },
};

it('a knob of a version that called its default "standard" is read', () => {
  expect(knobSchema.parse({ ...knob, standard: '1024' })).toEqual({ ...knob, defaultValue: '1024' });
  expect(knobSchema.parse({ ...knob, defaultValue: '1024' })).toEqual({ ...knob, defaultValue: '1024' });
  expect(knobSchema.parse(knob)).toEqual(knob);
});
