import { describe, expect, it } from 'vitest';
import * as errors from '../../../agent/lib/errors.ts';
import { exitCode, exitCodes, type ExitName } from '../../../agent/lib/exit-codes.ts';

describe('the exit codes', () => {
  const numbers: readonly number[] = Object.values(exitCodes).map(([code]) => code);

  it('are all different', () => {
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('keep clear of those that Node and the shell give by themselves', () => {
    const taken = numbers.filter((code) => (code > 0 && code < 20) || code === 126 || code === 127 || code > 192);
    expect(taken).toEqual([]);
  });

  it.each<[ExitName, number]>([
    ['hangup', 128 + 1],
    ['interrupt', 128 + 2],
    ['terminate', 128 + 15],
    ['deadline', 124],
    ['residue', 40],
    ['usage', 64],
  ])('of %s is %d, as scripts expect', (name, code) => {
    expect(exitCode(name)).toBe(code);
  });

  it('say what became of the host wherever a run had begun', () => {
    const begun = Object.values(exitCodes).filter(([code]) => (code >= 30 && code < 64) || code >= 124);
    for (const [, meaning] of begun) expect(meaning).toMatch(/the host is restored|NOT AS FOUND/);
  });
});

describe('errors', () => {
  it.each<[errors.LayerliftError, ExitName]>([
    [new errors.UsageError('m'), 'usage'],
    [new errors.ProfileError([]), 'bad-input'],
    [new errors.NeedError([]), 'unavailable'],
    [new errors.PrivilegeError('m'), 'no-permission'],
    [new errors.BusyError('m'), 'busy'],
    [new errors.LoadError('m'), 'load-failed'],
    [new errors.HostError('m'), 'unavailable'],
    [new errors.MidRunError([]), 'host-failed'],
    [new errors.ResidueError([]), 'residue'],
    [new errors.OutputError('m'), 'output'],
    [new errors.InternalError('m'), 'internal'],
    [new errors.StoppedError('deadline', 'm'), 'deadline'],
  ])('know their exit code: %s', (error, exit) => {
    expect(error.exit).toBe(exit);
    expect(error).toBeInstanceOf(errors.LayerliftError);
  });

  it('tell every problem, with its place and its hint, and keep their cause', () => {
    const cause = new Error('below');
    const problems = [{ message: 'a', at: 'f:1:2', hint: 'do b' }, { message: 'c' }];
    const error = new errors.ResidueError(problems, { cause });
    expect(error.message).toBe('f:1:2: a (do b)\nc');
    expect(error.name).toBe('ResidueError');
    expect(error.cause).toBe(cause);
  });

  it.each<[unknown, string, string | undefined]>([
    [Object.assign(new Error('x'), { code: 'EBUSY' }), 'x', 'EBUSY'],
    [Object.assign(new Error('x'), { code: 5 }), 'x', undefined],
    ['text', 'text', undefined],
    [undefined, 'undefined', undefined],
    [null, 'null', undefined],
  ])('of any kind give a reason: %s', (thrown, reason, errno) => {
    expect(errors.reasonOf(thrown)).toBe(reason);
    expect(errors.errnoOf(thrown)).toBe(errno);
  });
});
