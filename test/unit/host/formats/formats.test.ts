import { describe, expect, it } from 'vitest';
import { chosenValue } from '../../../../agent/host/formats/choice.ts';
import { isControlDomain } from '../../../../agent/host/formats/control-domain.ts';
import { deviceName } from '../../../../agent/host/formats/device-name.ts';
import { deviceNumberOfHex } from '../../../../agent/host/formats/device-number.ts';
import { parseDiskStat } from '../../../../agent/host/formats/disk-stat.ts';

describe('the counters of a disk', () => {
  it('are read by their place', () => {
    const text = '   10 1 80 2   20 3 160 4   5 6 7   8 9 10 11   12 13\n';
    const known = { reads: 10, writes: 20, sectorsRead: 80, sectorsWritten: 160, inFlight: 5 };
    const times = { readMs: 2, writeMs: 4, weightedMs: 7 };
    expect(parseDiskStat(text)).toEqual({ ...known, ...times, discards: 8, flushes: 12 });
  });

  it('of a kernel before discards and flushes are 0 there', () => {
    expect(parseDiskStat('10 1 80 2 20 3 160 4 5 6 7')).toMatchObject({ inFlight: 5, discards: 0, flushes: 0 });
  });

  it.each([undefined, '', '\n', '10 1 80', '10 1 eighty 2 20 3 160 4 5 6 7'])('are none in %j', (text) => {
    expect(parseDiskStat(text)).toBeUndefined();
  });
});

it.each([
  ['fe:1', '254:1'],
  ['8:10\n', '8:16'],
  ['', undefined],
  [undefined, undefined],
  ['fe', undefined],
  ['xy:1', undefined],
])('the device %j of blkback is %j', (text, number) => expect(deviceNumberOfHex(text)).toBe(number));

it.each([
  ['[none] mq-deadline kyber\n', 'none'],
  ['none [mq-deadline]', 'mq-deadline'],
  ['1024\n', '1024'],
  ['', ''],
])('of %j the value in force is %j', (text, value) => expect(chosenValue(text)).toBe(value));

it.each([
  ['control_d\n', undefined, true],
  ['', '00000800', true],
  [undefined, 'ffffffff00000800\n', true],
  ['', '00000705', false],
  [undefined, undefined, false],
  [undefined, 'not a number 800', false],
])('capabilities %j with features %j: domain 0 is %s', (capabilities, features, expected) =>
  expect(isControlDomain(capabilities, features)).toBe(expected),
);

it('a device is called by its path without /dev/, and only at its beginning', () => {
  expect(deviceName('/dev/sda')).toBe('sda');
  expect(deviceName('/run/dev/sda')).toBe('/run/dev/sda');
});
