import { expect, it } from 'vitest';
import { explainErrno, lastWords } from '../../../../agent/host/dm/refusal.ts';
import { errno } from '../../../support/fake-kernel.ts';

it.each(['EINVAL', 'ENOKEY', 'ENODATA', 'ENODEV', 'ENXIO', 'ENOMEM', 'E2BIG', 'ERANGE', 'EDOM'])(
  'the error number %s never stands alone',
  (code) => {
    const { why, hint = '' } = explainErrno(errno(code));
    expect(`${why} ${hint}`).toMatch(new RegExp(`^${code}: [a-z].{10}`));
  },
);

it('a thin device that is not there says how to make it', () => {
  expect(explainErrno(errno('ENODATA')).hint).toContain('create_thin');
});

const log = `[   12.000001] device-mapper: table: 254:9: linear: Device lookup failed
[   99.100000] loop: module loaded
[   99.200000] device-mapper: table: 254:3: crypt: Device lookup failed (-ENOENT)
[   99.200100] device-mapper: ioctl: error adding target to table
`;
const kernel = (uptime: string, text: string) => ({
  run: () => Promise.resolve(text),
  read: () => Promise.resolve(uptime),
});

it('the last words of the target are found in the log, without the number that nobody knows', async () => {
  expect(await lastWords(kernel('99.90 100.00\n', log))).toBe('crypt: Device lookup failed (-ENOENT)');
});

it('older words are about something else, and a log that cannot be read says nothing', async () => {
  expect(await lastWords(kernel('200.00 1.00\n', log))).toBeUndefined();
  const denied = { ...kernel('99.9 1', ''), run: () => Promise.reject(new Error('EPERM')) };
  expect(await lastWords(denied)).toBeUndefined();
});
