import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeSnapshot, DocumentSplitter } from '../../agent/load/fio-output.ts';

const stream = readFileSync(new URL('../fixtures/fio-3.33/snapshots.json-stream', import.meta.url), 'utf8');

function split(text: string, sizes: readonly number[]): readonly string[] {
  const splitter = new DocumentSplitter();
  const out: string[] = [];
  let rest = text;
  for (let i = 0; rest !== ''; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    out.push(...splitter.push(rest.slice(0, size)));
    rest = rest.slice(size);
  }
  return out;
}

it('a stream gives the same documents in whatever pieces it comes', () => {
  const whole = new DocumentSplitter().push(stream);
  const sizes = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sizes, (some) => {
      expect(split(stream, some)).toEqual(whole);
    }),
    { seed: 41 },
  );
});

it('notes of fio before, between and after documents change nothing', () => {
  const document = '{\n  "jobs" : [\n  ]\n}\n';
  const note = fc.string({ unit: 'binary' }).filter((line) => !line.includes('\n') && line !== '{');
  fc.assert(
    fc.property(fc.array(note), fc.array(note), fc.integer({ min: 1, max: 9 }), (before, after, size) => {
      const text = [...before, ''].join('\n') + document + [...after, ''].join('\n') + document;
      expect(split(text, [size])).toEqual([document.trim(), document.trim()]);
    }),
    { seed: 42 },
  );
});

it('decoding throws for no text at all', () => {
  const near = fc.json().map((json) => `{"jobs":[${json}]}`);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), near), (text) => {
      const snapshot = decodeSnapshot(text);
      if (!snapshot) return;
      const { latencies, ...counts } = snapshot;
      for (const value of [...Object.values(counts), ...(latencies?.values() ?? [])])
        expect(value).toBeGreaterThanOrEqual(0);
    }),
    { seed: 43, numRuns: 300 },
  );
});
