// Inputs made to harm: good ones of ours with a few places changed, and nonsense. Each kind knows what must come of one.

import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { documentOf } from '../../agent/report/document/of-run.ts';
import { findingsOf } from '../../agent/findings/findings.ts';
import { decodeRun, type RunTexts } from '../../agent/records/read-folder.ts';
import { parseMountinfo } from '../../agent/host/formats/mountinfo.ts';
import { parseSwaps } from '../../agent/host/guard/file-systems.ts';
import { countIos } from '../../agent/host/guard/idle.ts';
import { parseMdstat } from '../../agent/host/guard/kernel-users.ts';
import { pathsOfBackstore } from '../../agent/host/guard/targets.ts';
import { parseLocks } from '../../agent/host/guard/processes.ts';
import { parseWipefs } from '../../agent/host/guard/signatures.ts';
import { parseXenstore } from '../../agent/host/guard/xenstore.ts';
import { decodeJournal } from '../../agent/host/journal/journal.ts';
import { describeStep } from '../../agent/host/journal/unwind.ts';
import { LoadError, ProfileError } from '../../agent/lib/errors.ts';
import { decodeSnapshot, DocumentSplitter } from '../../agent/load/fio-output.ts';
import { parseShowcmd } from '../../agent/load/user-job.ts';
import { readJobText } from '../../agent/load/job-text.ts';
import { decodeProfile } from '../../agent/profile/decode.ts';
import { render } from '../../agent/report/formats/registry.ts';
import { goodHostTexts, goodJournal, goodRun } from './good-records.ts';

/** True: taken as good; false: refused in the way that a user can read. Anything else that is thrown is a bug. */
export type Taking = (text: string) => boolean;

export interface Kind {
  readonly name: string;
  readonly inputs: fc.Arbitrary<string>;
  readonly take: Taking;
}

// From the project's folder, in which tests and benchmarks run.
const read = (path: string): string => readFileSync(path, 'utf8');
const profiles = readdirSync('profiles', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.includes('.'))
  .map((name) => read(`profiles/${name}`));
const snapshots = read('test/fixtures/fio-3.33/snapshots.json-stream');

const words = fc.constantFrom(
  ...['null', '~', '{}', '[]', '-1', '0', '1e309', '1e308', '-0.5', '9007199254740993', '.nan', '""', '*a', '&a x'],
  ...[
    '<<: {}',
    '!!set {a}',
    '? {a: 1}\n: 2',
    '__proto__: {a: 1}',
    '{"__proto__":{"a":1}}',
    '2001-01-01',
    "'",
    '"',
    '|',
  ],
  ...[
    '%YAML 9',
    '---',
    '{sectors/0}',
    '{below',
    '\u0000',
    '\t',
    '../../../etc/passwd',
    '$(reboot)',
    '`reboot`',
    ';reboot',
  ],
  ...['/sys/fs/cgroup/../..', '-rf', '[[[[[[[[', '{{{{{{{{', 'a'.repeat(5000), '[]]', 'true', '"baseline"', '"ring"'],
);

/** A text with a few words, lines or characters changed. */
export function mutated(...texts: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat(),
    how: fc.constantFrom(
      'drop line',
      'repeat line',
      'replace word',
      'replace value',
      'replace number',
      'insert',
      'cut',
    ),
    what: fc.oneof(words, fc.string({ maxLength: 8, unit: 'binary' })),
  });
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 5 }))
    .map(([text, changes]) => changes.reduce(mutate, text));
}

function mutate(text: string, { at, how, what }: { at: number; how: string; what: string }): string {
  const lines = text.split('\n');
  const line = at % lines.length;
  const position = at % (text.length + 1);
  const inLine = (pattern: RegExp, by: string): string =>
    lines.map((one, i) => (i === line ? replaceOne(one, pattern, by, at) : one)).join('\n');
  switch (how) {
    case 'drop line':
      return lines.filter((_, i) => i !== line).join('\n');
    case 'repeat line':
      return lines.flatMap((one, i) => (i === line ? [one, one] : [one])).join('\n');
    case 'replace word':
      return inLine(/\w+/g, what);
    case 'replace value':
      return inLine(/: ?[^,}\]]*/g, `: ${what}`);
    case 'replace number':
      return inLine(/-?\d+(\.\d+)?(e\d+)?/g, what);
    case 'insert':
      return text.slice(0, position) + what + text.slice(position);
    default:
      return text.slice(0, position);
  }
}

/** One of the places that fit. */
function replaceOne(text: string, pattern: RegExp, by: string, at: number): string {
  const found = [...text.matchAll(pattern)];
  const chosen = found[at % Math.max(1, found.length)];
  if (!chosen) return text;
  return text.slice(0, chosen.index) + by + text.slice(chosen.index + chosen[0].length);
}

/** Runs a decoder that must throw nothing but errors of `kind`, each with words in it. */
function taking(decode: (text: string) => unknown, kind: typeof ProfileError | typeof LoadError): Taking {
  return (text) => {
    try {
      return decode(text) !== undefined;
    } catch (failure) {
      if (!(failure instanceof kind)) throw failure;
      const silent = failure.problems.some(({ message }) => /^\s*$|\[object/.test(message));
      if (failure.problems.length === 0 || silent) throw new Error('refused without words', { cause: failure });
      return false;
    }
  };
}

const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.json());
const job = '[global]\nrw=randread\nbs=4k\nioengine=libaio\n; a comment\n[a]\niodepth=4\n[b]\nrate_iops=100\n';
const showcmd = 'fio --rw=randread --bs=4k --ioengine=libaio --name=a --iodepth=4 --name=b --rate_iops=100';

export const kinds: readonly Kind[] = [
  {
    name: 'profiles',
    inputs: fc.oneof({ weight: 9, arbitrary: mutated(...profiles) }, { weight: 1, arbitrary: anything }),
    take: taking((text) => decodeProfile(text, 'p.yaml'), ProfileError),
  },
  {
    name: 'job files',
    inputs: fc.oneof(mutated(job, showcmd), anything),
    take: taking((text) => {
      if (text.startsWith('fio ')) return parseShowcmd(text, 'a.fio')[0];
      const { problems } = readJobText(text, 'a.fio');
      if (problems.length > 0) throw new ProfileError(problems);
      return text;
    }, ProfileError),
  },
  {
    name: 'what fio prints',
    inputs: fc.oneof({ weight: 9, arbitrary: mutated(snapshots) }, { weight: 1, arbitrary: anything }),
    take: taking((text) => {
      const found = new DocumentSplitter().push(text).map(decodeSnapshot);
      return found.includes(undefined) ? undefined : found[0];
    }, LoadError),
  },
  {
    name: 'journals',
    inputs: fc.oneof({ weight: 9, arbitrary: mutated(goodJournal) }, { weight: 1, arbitrary: anything }),
    take: taking((text) => {
      const journal = decodeJournal(text, 'journal.ndjson');
      for (const { step, prior } of journal?.outstanding ?? []) describeStep(step, prior);
      return journal;
    }, ProfileError),
  },
  {
    name: 'what the host shows',
    inputs: fc.oneof({ weight: 9, arbitrary: mutated(...goodHostTexts) }, { weight: 1, arbitrary: anything }),
    take: (text) => {
      const found = [parseMountinfo, parseSwaps, parseMdstat, parseLocks, parseXenstore, pathsOfBackstore].map(
        (parse) => parse(text).length,
      );
      return found.some((count) => count > 0) || (parseWipefs(text)?.length ?? 0) > 0 || countIos(text).started > 0;
    },
  },
  {
    name: 'records',
    inputs: mutatedRun(goodRun),
    take: taking((text) => {
      const records = decodeRun(JSON.parse(text) as RunTexts, 'run');
      const document = documentOf(records, findingsOf(records), 'run');
      for (const format of ['text', 'json', 'md'] as const) render(format, document);
      return document;
    }, ProfileError),
  },
];

/** The files of a run as one text, one of them changed. */
function mutatedRun(texts: Required<RunTexts>): fc.Arbitrary<string> {
  return fc
    .constantFrom(...(Object.keys(texts) as (keyof RunTexts)[]))
    .chain((file) => mutated(texts[file]).map((text) => JSON.stringify({ ...texts, [file]: text })));
}
