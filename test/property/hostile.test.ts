import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadError } from '../../agent/lib/errors.ts';
import { decodeSnapshot, DocumentSplitter } from '../../agent/load/fio-output.ts';
import { readJobText } from '../../agent/load/job-text.ts';
import { kinds } from '../support/hostile.ts';

describe.each(kinds)('$name made to harm', ({ inputs, take }) => {
  it('are taken, or refused in words', () => {
    fc.assert(
      fc.property(inputs, (text) => void take(text)),
      { seed: 51, numRuns: 1_500 },
    );
  });

  it('are not all of one kind: the search is no idle one', () => {
    const seen = new Set(fc.sample(inputs, { seed: 52, numRuns: 300 }).map(take));
    expect([...seen].sort()).toEqual([false, true]);
  });
});

describe('a job file that fio must never parse', () => {
  const places = (text: string): readonly (string | undefined)[] =>
    readJobText(text, 'a.fio').problems.map(({ at }) => at);

  it.each([
    ['an engine from a file', 'ioengine=external:/tmp/evil.so'],
    ['an engine by its path', 'ioengine=/tmp/evil.so'],
    ['an engine with blanks about', '\t ioengine  =  /tmp/evil.so '],
    ['an engine whose name a variable hides', 'io${X}engine=/tmp/evil.so'],
    ['a calculation, which a shell does', "bs=$mb_memory'; reboot; '"],
    ['another file', 'include /etc/shadow'],
    ['a line that fio would read in two pieces', `;${'x'.repeat(4095)}ioengine=/tmp/evil.so`],
    ['a line that ends before it does', 'bs=4k\0ioengine=/tmp/evil.so'],
  ])('has %s', (_, line) => {
    expect(places(`[a]\nrw=read\n${line}\nioengine=libaio\n`)).toEqual(['a.fio:3']);
  });
});

describe('fio that does not stop', () => {
  const piece = 'x'.repeat(2 ** 18);

  it.each([
    ['a line', piece],
    ['a document', `{\n${`${piece}\n`.repeat(4)}`],
  ])('printing %s is given up', (_, text) => {
    const splitter = new DocumentSplitter();
    expect(() => {
      for (let i = 0; i < 400; i++) splitter.push(text.replace(/^\{\n/, i === 0 ? '{\n' : ''));
    }).toThrow(LoadError);
  });

  it('printing megabytes that are a document of another is no snapshot', () => {
    const text = `{\n${'"a": [1],\n'.repeat(500_000)}"z": 1\n}\n`;
    expect(new DocumentSplitter().push(text).map(decodeSnapshot)).toEqual([undefined]);
  });
});
