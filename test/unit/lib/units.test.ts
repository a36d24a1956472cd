import { describe, expect, it } from 'vitest';
import {
  parseBytes,
  parseDuration,
  renderBytes,
  renderCount,
  renderDuration,
  writeBytes,
  writeDuration,
} from '../../../agent/lib/units.ts';

describe('sizes', () => {
  it.each<[string, number]>([
    ['0', 0],
    ['4096', 4096],
    ['4k', 4096],
    ['4K', 4096],
    ['4 KiB', 4096],
    ['512b', 512],
    ['1.5k', 1536],
    ['2GiB', 2 ** 31],
    ['2GB', 2 ** 31],
    [' 1t ', 2 ** 40],
  ])('read %j as %d bytes', (text, value) => {
    expect(parseBytes(text)).toBe(value);
  });

  it.each([
    '',
    'k',
    '-1',
    '1e3',
    '0x10',
    '1,5k',
    '1.0001k',
    '1p',
    '4 k b',
    '9007199254740993',
    '99999999t',
    'NaN',
    '4ms',
  ])('do not read %j', (text) => {
    expect(parseBytes(text)).toBeUndefined();
  });

  it.each<[number, string]>([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [2 ** 31, '2 GiB'],
    [2 ** 50, '1024 TiB'],
  ])('of %d bytes print as %s', (value, text) => {
    expect(renderBytes(value)).toBe(text);
  });
});

describe('durations', () => {
  it.each<[string, number]>([
    ['0s', 0],
    ['250ns', 250],
    ['20us', 20e3],
    ['20ms', 20e6],
    ['1.5s', 1.5e9],
    ['5m', 300e9],
    ['5 min', 300e9],
    ['2h', 7200e9],
    ['0.4ns', 0],
  ])('read %j as %d ns', (text, value) => {
    expect(parseDuration(text)).toBe(value);
  });

  it.each(['', '5', 's', '-1s', '1e3s', '5M', '5 hours', '1h30m', 'Infinity s'])('do not read %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it.each<[number, string]>([
    [0, '0 ns'],
    [999, '999 ns'],
    [1500, '1.5 us'],
    [20e6, '20 ms'],
    [1.25e9, '1.25 s'],
    [90e9, '90 s'],
    [120e9, '2 min 0 s'],
    [150e9, '2 min 30 s'],
    [179.7e9, '3 min 0 s'],
    [3600e9, '60 min 0 s'],
  ])('of %d ns print as %s', (value, text) => {
    expect(renderDuration(value)).toBe(text);
  });
});

it('counts print with their thousands apart', () => {
  expect([0, 999, 1000, 1234567.5].map(renderCount)).toEqual(['0', '999', '1,000', '1,234,568']);
});

describe('what a profile would have', () => {
  it.each([0, 1, 999, 1500, 3e9, 90e9, 2 ** 31])('reads %d back as it was written', (value) => {
    expect(parseDuration(writeDuration(value))).toBe(value);
    expect(parseBytes(writeBytes(value))).toBe(value);
  });
});
