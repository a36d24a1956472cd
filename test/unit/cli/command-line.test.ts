// What each command gets from the command line. The commands themselves are left out: some of them change the host.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Caller } from '../../../agent/cli/command.ts';
import { parseCommand } from '../../../agent/cli/command-line.ts';
import { commands } from '../../../agent/cli/registry.ts';
import { LayerliftError, UsageError } from '../../../agent/lib/errors.ts';
import { type ExitName, exitCodes } from '../../../agent/lib/exit-codes.ts';
import { formatNames } from '../../../agent/report/formats/format-names.ts';

const calls: [string, object][] = [];
/** Commands that print what the command line itself knows. */
const harmless = ['exit-codes', 'schema', 'completion'];
const note: Caller = async (name, asked, code) => {
  if (harmless.includes(name)) return code();
  calls.push([name, asked]);
  return 'inconclusive';
};
const parse = (argv: readonly string[]): Promise<ExitName> => parseCommand(argv, note);

let printed = '';
beforeEach(() => {
  calls.length = 0;
  printed = '';
  const keep = (text: unknown): boolean => {
    printed += String(text);
    return true;
  };
  vi.spyOn(console, 'log').mockImplementation(keep);
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
});
afterEach(() => vi.restoreAllMocks());

describe('a right command line', () => {
  it.each<[string, string, Record<string, unknown>]>([
    [
      'run p.yaml',
      'run',
      { profile: 'p.yaml', cold: false, runs: 'runs', format: 'text', quiet: false, verbose: false },
    ],
    ['run p.yaml --deadline 10m --budget 90s', 'run', { deadlineMs: 600_000, budgetMs: 90_000 }],
    ['run p.yaml --seed 7 --cold -q -v', 'run', { seed: 7, cold: true, quiet: true, verbose: true }],
    ['run p.yaml --runs /tmp/x --format json', 'run', { runs: '/tmp/x', format: 'json' }],
    [
      'run --label ticket=INC-1 --label phase=before p.yaml',
      'run',
      { profile: 'p.yaml', labels: { ticket: 'INC-1', phase: 'before' } },
    ],
    ['history', 'history', { runs: 'runs', last: 20, labels: {}, format: 'text' }],
    ['history --last 3 --label a=b --runs /x', 'history', { runs: '/x', last: 3, labels: { a: 'b' } }],
    ['compare a b', 'compare', { first: 'a', second: 'b', runs: 'runs', tolerance: undefined, format: 'text' }],
    ['compare a b --tolerance 5 --format json', 'compare', { tolerance: 1.05, format: 'json' }],
    ['status', 'status', { runs: 'runs', format: 'text', maxAgeMs: 7 * 24 * 3_600_000 }],
    ['status --format nagios --max-age 48h', 'status', { format: 'nagios', maxAgeMs: 48 * 3_600_000 }],
    ['explain', 'explain', { term: undefined }],
    ['explain next-limit', 'explain', { term: 'next-limit' }],
    ['plan p.yaml --format json --seed 0', 'plan', { profile: 'p.yaml', format: 'json', seed: 0 }],
    ['doctor', 'doctor', { profile: undefined }],
    ['doctor p.yaml', 'doctor', { profile: 'p.yaml' }],
    ['selftest', 'selftest', { deadlineMs: 300_000 }],
    ['selftest --deadline 15m', 'selftest', { deadlineMs: 900_000 }],
    ['knobs', 'knobs', { format: 'text', layer: undefined }],
    ['knobs --layer load --format json', 'knobs', { format: 'json', layer: 'load' }],
    ['discover', 'discover', { things: [], from: undefined, withTools: false, profile: undefined, format: 'text' }],
    [
      'discover /dev/sda 42 --from x --format json',
      'discover',
      { things: ['/dev/sda', '42'], from: 'x', format: 'json' },
    ],
    ['discover --profile p --for 20s --scratch /dev/x', 'discover', { profile: 'p', forMs: 20_000, scratch: '/dev/x' }],
    ['case', 'case', { name: undefined, list: false, format: 'text', runs: 'runs' }],
    ['case one --seed 3 -q --format json', 'case', { name: 'one', seed: 3, quiet: true, format: 'json' }],
    ['recover -v', 'recover', { verbose: true }],
    ['analyse runs/x', 'analyse', { folder: 'runs/x' }],
    ['report runs/x --format md', 'report', { folder: 'runs/x', format: 'md' }],
    ['report 20260102', 'report', { folder: '20260102' }],
  ])('%s', async (line, name, options) => {
    expect(await parse(line.split(' '))).toBe('inconclusive');
    expect(calls).toEqual([[name, expect.objectContaining(options)]]);
  });

  it('leaves seed, budget and deadline open when they are not given', async () => {
    await parse(['run', 'p.yaml']);
    const given: Record<string, unknown> = { ...calls[0]?.[1] };
    expect(['seed', 'budgetMs', 'deadlineMs'].map((key) => given[key])).toEqual([undefined, undefined, undefined]);
  });
});

describe('a wrong command line', () => {
  it.each<[string, RegExp]>([
    ['', /no command given/],
    ['fly', /fly|did you mean/i],
    ['rum p.yaml', /did you mean run/i],
    ['run', /profile|arguments/],
    ['run a.yaml b.yaml', /b\.yaml/],
    ['run p.yaml --sed 7', /sed: did you mean --seed\?/],
    ['run p.yaml --max-imapct x', /did you mean --max-impact\?/],
    ['history --lable a=b', /did you mean --label\?/],
    ['run p.yaml --format htm', /did you mean --format html\?/],
    ['knobs --layer rnig', /did you mean --layer ring\?/],
    ['run p.yaml --colour', /Unknown argument: colour$|colour \(/],
    ['expalin', /did you mean explain/i],
    ['run p.yaml --format pdf', /format/],
    ['plan p.yaml --format html', /format/],
    ['run p.yaml --seed x', /--seed/],
    ['run p.yaml --seed -1', /--seed/],
    ['run p.yaml --seed 1.5', /--seed/],
    ['run p.yaml --seed 2147483648', /--seed/],
    ['run p.yaml --seed 1 --seed 2', /--seed/],
    ['run p.yaml --budget 5', /--budget: "5" is not a duration/],
    ['run p.yaml --budget', /--budget/],
    ['run p.yaml --budget 0s', /--budget: "0s"/],
    ['run p.yaml --budget -5m', /--budget|budget/],
    ['run p.yaml --deadline soon', /--deadline: "soon" is not a duration/],
    ['run p.yaml --budget 1m --budget 2m', /budget/],
    ['run p.yaml --runs a --runs b', /runs/],
    ['run p.yaml --format text --format json', /format/],
    ['run p.yaml --label x', /--label: "x" is not a label/],
    ['run p.yaml --label =x', /--label: "=x" is not a label/],
    ['run p.yaml --label a=1 --label a=2', /--label: "a" is given more than once/],
    [`run p.yaml --label a=${'x'.repeat(201)}`, /--label: the value of "a"/],
    ['history --last 0', /--last: "0"/],
    ['history --last 1.5', /--last: "1.5"/],
    ['compare a', /second|arguments/],
    ['compare a b --tolerance 101', /--tolerance: "101"/],
    ['compare a b --tolerance few', /--tolerance/],
    ['recover now', /now/],
    ['exit-codes --xml', /xml/],
  ])('%j is refused, and no command is called', async (line, message) => {
    const failure = await parse(line.split(' ').filter(Boolean)).catch((thrown: unknown) => thrown);
    expect(calls).toEqual([]);
    expect(failure).toBeInstanceOf(UsageError);
    expect((failure as LayerliftError).message).toMatch(message);
  });
});

describe('the examples', () => {
  it('are there for every command that help lists, and each is a right command line', async () => {
    await parse(['--help']);
    const listed = [...printed.matchAll(/^ {2}layerlift ([\w-]+)/gm)].map((match) => match[1] ?? '');
    const withExamples = commands.filter(({ examples }) => examples.length > 0);
    expect(withExamples.map(({ name }) => name)).toEqual(listed);
    for (const { name, examples } of withExamples) {
      printed = '';
      await parse([name, '--help']);
      for (const [line] of examples) {
        expect(printed).toContain(`layerlift ${line} `);
        expect(line.split(' ')[0]).toBe(name);
        // What follows is for the shell.
        await parse((line.split(' >')[0] ?? '').split(' '));
      }
    }
  });
});

describe('the text that it prints', () => {
  it('with --help lists every command and every exit code, on stdout', async () => {
    expect(await parse(['--help'])).toBe('ok');
    for (const name of ['run', 'plan', 'doctor', 'recover', 'analyse', 'report', 'schema', 'exit-codes'])
      expect(printed).toContain(`layerlift ${name}`);
    for (const [name, [code, meaning]] of Object.entries(exitCodes))
      expect(printed).toMatch(new RegExp(`^ +${code} +${name} +${meaning.replaceAll(/[()`]/g, '.')}$`, 'm'));
  });

  it('is as wide with --help as it has characters, which is how it is laid out', async () => {
    for (const name of ['', ...commands.map((each) => each.name)]) await parse([name, '--help'].filter(Boolean));
    expect(printed.length).toBeGreaterThan(10_000);
    expect(printed).toMatch(/^[\n -~]*$/);
  });

  it('with --help of a command lists its options', async () => {
    await parse(['run', '--help']);
    for (const word of ['--seed', '--cold', '--budget', '--runs', '--deadline', '--format', '--quiet', ...formatNames])
      expect(printed).toContain(word);
    expect(calls).toEqual([]);
  });

  it('with exit-codes is the table, for people and for programs', async () => {
    await parse(['exit-codes']);
    expect(printed.split('\n').filter(Boolean)).toHaveLength(1 + Object.keys(exitCodes).length);
    printed = '';
    await parse(['exit-codes', '--json']);
    const rows = JSON.parse(printed) as readonly { code: number; name: string; meaning: string }[];
    expect(rows.map(({ code, name, meaning }) => [name, [code, meaning]])).toEqual(Object.entries(exitCodes));
  });
});
