// `run --from-host` whole in memory: a host with a delay of device-mapper over a disk, its twin on the simulated host, and both side by side.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseCommand } from '../../../agent/cli/command-line.ts';
import type { RunOptions } from '../../../agent/cli/handlers/run.ts';
import { runFromHost } from '../../../agent/cli/handlers/run-from-host.ts';
import { parseSnapshot } from '../../../agent/discover/snapshot.ts';
import { PrivilegeError } from '../../../agent/lib/errors.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { readRunFolder } from '../../../agent/records/read-folder.ts';
import { type ReportDocument, reportSchema } from '../../../agent/report/document/document.ts';
import { documentOf } from '../../../agent/report/document/of-run.ts';
import { findingsOf } from '../../../agent/findings/findings.ts';
import { render } from '../../../agent/report/formats/registry.ts';
import { simClock, type SimClock } from '../../support/sim-host/clock.ts';
import { simHost, type SimHost } from '../../support/sim-host/host.ts';
import { simSurroundings } from '../../support/sim-host/surroundings.ts';
import { snapshotOf } from '../../support/snapshots.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-from-host-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** One that is kept at a depth: what its disk takes, and the delay above it, in milliseconds. */
interface Busy {
  readonly inFlight: number;
  readonly diskMs: number;
  readonly delayMs: number;
}

interface HostCase {
  /** As it is looked at first. */
  readonly before?: Busy;
  /** While the twin runs; undefined: idle. */
  readonly meanwhile?: (seconds: number) => Busy | undefined;
  /** What stands there under the name of the disk, by the time. */
  readonly diskseq?: (seconds: number) => string | undefined;
  /** Of the lower device, beside that of the delay. */
  readonly table?: string;
  readonly noUsers?: boolean;
  readonly answer?: string | undefined;
  readonly yes?: boolean;
  readonly things?: readonly string[];
  readonly preflight?: () => Promise<void>;
}

const usual: Busy = { inFlight: 8, diskMs: 10, delayMs: 4 };

/** A line of `/proc/diskstats` after the name: reads alone, of 4 KiB. */
function statOf({ inFlight, diskMs, delayMs }: Busy, id: string, seconds: number): string {
  const ios = Math.round((inFlight / (diskMs + delayMs)) * 1000 * seconds);
  const ms = id === 'sda' ? diskMs : diskMs + delayMs;
  const held = Math.round(ios * ms);
  return `${ios} 0 ${8 * ios} ${held} 0 0 0 0 ${Math.round((ios * ms) / 1000 / Math.max(1, seconds))} ${Math.round(seconds * 1000)} ${held} 0 0 0 0 0 0`;
}

function snapshotText({ before = usual, table, noUsers = false }: HostCase): string {
  const look = (n: number, uptime: number, seconds: number): Record<string, string> => ({
    [`/look/${n}/uptime`]: `${uptime} 0`,
    [`/look/${n}/diskstats`]: ['dm-0', 'sda'].map((id) => `  8 0 ${id} ${statOf(before, id, seconds)}`).join('\n'),
  });
  return snapshotOf({
    files: {
      '/proc/sys/kernel/hostname': 'prod7',
      '/sys/block/sda/dev': '8:0',
      '/sys/block/sda/size': '4194304',
      '/sys/block/sda/queue/scheduler': '[none]',
      '/sys/block/sda/mq/0/nr_tags': '64',
      '/sys/block/sda/mq/0/nr_reserved_tags': '0',
      '/sys/block/dm-0/dev': '253:0',
      '/sys/block/dm-0/size': '4194304',
      '/sys/block/dm-0/dm/name': 'data',
      ...(noUsers ? {} : { '/proc/self/mountinfo': '30 1 253:0 / /srv rw - ext4 /dev/mapper/data rw' }),
      ...look(1, 100, 0),
      ...look(2, 110, 10),
    },
    lists: { '/sys/block': ['dm-0', 'sda'], '/sys/block/sda/mq': ['0'] },
    tools: {
      'dmsetup info': '253\t0\tdata',
      'dmsetup table': `data: ${table ?? '0 4194304 delay 8:0 0 4'}`,
    },
  });
}

function eyesOn(clock: SimClock, { meanwhile = () => usual, diskseq = () => '9' }: HostCase) {
  let from: number | undefined;
  let cpuMs = 0;
  const seconds = (): number => {
    from ??= clock.nowMs();
    return (clock.nowMs() - from) / 1000;
  };
  const read = (path: string): string | undefined => {
    if (path === '/proc/stat')
      return `cpu  ${Math.round(seconds() * 40)} 0 0 ${Math.round(seconds() * 360)} 0 0 0 0 0 0\n`;
    const [, id = '', file] = /^\/sys\/class\/block\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (id !== 'sda' && id !== 'dm-0') return undefined;
    const isThere = id !== 'sda' || diskseq(seconds()) !== undefined;
    if (!isThere) return undefined;
    if (file === 'diskseq') return id === 'sda' ? diskseq(seconds()) : '3';
    if (file === 'dev') return id === 'sda' ? '8:0' : '253:0';
    const busy = meanwhile(seconds());
    return file === 'stat' ? (busy ? statOf(busy, id, seconds()) : '0 0 0 0 0 0 0 0 0 0 0') : undefined;
  };
  return {
    read: (path: string) => Promise.resolve(read(path)),
    list: () => Promise.resolve([]),
    ask: () => Promise.resolve(undefined),
    nowMs: clock.nowMs,
    sleepMs: (ms: number) => clock.sleep(ms, new AbortController().signal),
    // Dear, so that there are few instants.
    cpuMs: () => (cpuMs += 10),
  };
}

interface Told {
  readonly exit: string;
  readonly document: ReportDocument;
  readonly shown: string;
  readonly questions: readonly string[];
  readonly host: SimHost;
  readonly runFolder: string;
}

async function performed(
  host: HostCase,
  options: Partial<RunOptions> = {},
  onHost: (sim: SimHost) => void = () => undefined,
): Promise<Told> {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.UTC(2026, 0, 2) });
  const clock = simClock();
  const sim = simHost({ clock, seed: 1 });
  onHost(sim);
  let [printed, shown] = ['', ''];
  const questions: string[] = [];
  const surroundings = simSurroundings(sim, () => undefined);
  const exit = await clock.run(() =>
    runFromHost(
      {
        ...{ things: host.things ?? [], yes: host.yes ?? false, runs: join(folder, 'runs'), seed: 1, cold: false },
        ...{ budgetMs: 120_000, deadlineMs: undefined, caps: false, neighbours: false, quiet: true, verbose: false },
        ...{ format: 'json' as const, print: (text: string) => (printed += text) },
        ...options,
      },
      {
        look: () => Promise.resolve(parseSnapshot(snapshotText(host), 'a host')),
        eyes: eyesOn(clock, host),
        tell: (text) => (shown += text),
        ask: (question) => {
          questions.push(question);
          return Promise.resolve('answer' in host ? host.answer : 'y');
        },
      },
      { ...surroundings, ...(host.preflight ? { preflight: host.preflight } : {}) },
    ),
  );
  const [run = ''] = readdirSync(join(folder, 'runs'));
  const document = reportSchema.parse(JSON.parse(printed));
  return { exit, document, shown, questions, host: sim, runFolder: join(folder, 'runs', run) };
}

/** What must hold of every refusal: nothing was done, no folder was made. */
async function refused(host: HostCase): Promise<{ failure: unknown; steps: number }> {
  let steps = 0;
  let sim: SimHost | undefined;
  const failure: unknown = await performed(host, {}, (one) => (sim = one)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  steps = sim?.log.length ?? -1;
  expect(readdirSync(folder)).toEqual([]);
  return { failure, steps };
}

describe('a twin that is as the host', () => {
  it('is asked for once, measured, and its verdict travels', async () => {
    const { exit, document, shown, questions, host, runFolder } = await performed({});
    expect(exit).toBe('ok');
    expect(questions).toHaveLength(1);
    expect(document.twin).toMatchObject({ host: 'prod7', travels: 'yes', lost: [], apart: [] });
    expect(document.twin?.layers.map(({ layer, differs }) => [layer, differs])).toEqual([
      ['media', []],
      ['blockstack', []],
    ]);
    const [media] = document.twin?.layers ?? [];
    expect(media?.share.host).toBeCloseTo(10 / 14, 1);
    expect(media?.share.twin).toBeCloseTo(10 / 14, 1);
    expect(document.twin?.load.twin).toBeCloseTo(8, 0);
    expect(document.sentence).toMatch(/The twin is as the host in media and blockstack, .*: the verdict travels\.$/);
    expect(document.caveats.run.join()).not.toContain('twin');
    expect(host.outstanding()).toEqual([]);
    const kept = readFileSync(join(runFolder, 'profile.yaml'), 'utf8');
    expect(shown).toContain(kept);
    expect(decodeProfile(kept, 'it').stack.map(({ layer }) => layer)).toEqual(['media', 'blockstack']);
    // Its folder tells the same on any machine.
    const records = readRunFolder(runFolder);
    expect(documentOf(records, findingsOf(records), runFolder).twin).toEqual(document.twin);
    for (const format of ['text', 'md'] as const) {
      expect(render(format, document)).toMatch(/offered over cap/i);
      expect(render(format, document)).toContain('The twin beside prod7');
    }
  });

  it('with --yes nobody is asked', async () => {
    expect((await performed({ yes: true, answer: undefined })).questions).toEqual([]);
  });

  it('has what cannot be cloned said before the question and in the report', async () => {
    const { shown, document } = await performed({ table: '0 4194304 flakey 8:0 0 60 1' });
    expect(shown).toMatch(/The twin has not:[^]*flakey data is missing/);
    expect(document.twin?.notCloned.join('\n')).toContain('flakey data is missing');
    expect(render('text', document)).toMatch(/Not cloned[^]*flakey data is missing/);
  });
});

describe('a twin that is not the host', () => {
  it('whose media are twice as quick is named, in media alone, and its verdict does not travel', async () => {
    const slower = { ...usual, diskMs: 20 };
    const { exit, document } = await performed({ before: usual, meanwhile: () => slower });
    expect(document.twin?.travels).toBe('no');
    expect(
      document.twin?.layers.filter(({ differs }) => differs.includes('latency')).map(({ layer }) => layer),
    ).toEqual(['media']);
    expect(document.sentence).toMatch(/The twin is not the host: in media an I\/O takes .*does not travel\.$/);
    expect(exit).toBe('inconclusive');
    expect(document.caveats.run.join('\n')).toMatch(/host's own latency rose by/);
  });

  it('whose block stack is slower is named in that', async () => {
    const { document } = await performed({ meanwhile: () => ({ ...usual, delayMs: 1 }) });
    expect(document.twin?.layers.flatMap(({ layer, differs }) => (differs.includes('latency') ? [layer] : []))).toEqual(
      ['blockstack'],
    );
  });

  it('that is loaded twice as much is told apart by its load', async () => {
    const { document } = await performed({ meanwhile: () => ({ ...usual, inFlight: 4 }) });
    expect(document.twin).toMatchObject({ travels: 'no', load: { differs: true } });
    expect(document.twin?.layers.flatMap(({ differs }) => differs)).not.toContain('latency');
    expect(document.sentence).toMatch(/it has 8\.\d I\/Os in flight in all, and the host 4\.0/);
  });
});

describe('a host that cannot be compared', () => {
  it('as it is idle, says so', async () => {
    const { exit, document } = await performed({ meanwhile: () => undefined });
    expect(document.twin).toMatchObject({ travels: 'unknown', unseen: 'idle', layers: [] });
    expect(document.sentence).toMatch(/cannot be said: the host did too little I\/O .*nothing can be compared\.$/);
    expect(exit).toBe('ok');
  });

  it.each([
    ['goes away', undefined],
    ['is another one of its name, as the twin itself may get it', '77'],
  ])('as its disk %s meanwhile, names the disk', async (_, then) => {
    const { document } = await performed({ diskseq: (seconds) => (seconds < 20 ? '9' : then) });
    expect(document.twin).toMatchObject({ travels: 'unknown', unseen: 'gone', lost: ['sda'] });
    expect(document.sentence).toMatch(/went away or were replaced while the twin ran \(sda\)\.$/);
  });
});

describe('is refused before anything is touched', () => {
  it.each([
    ['without an answer', undefined, /stdin is closed .*--yes/],
    ['with no', 'n', /is not run, as asked/],
    ['with an empty line', '', /is not run, as asked/],
  ])('%s', async (_, answer, message) => {
    const { failure, steps } = await refused({ answer });
    expect(failure).toMatchObject({ exit: 'usage', message: expect.stringMatching(message) as string });
    expect(steps).toBe(0);
  });

  it('where the thing is not there, and names what is', async () => {
    const { failure } = await refused({ things: ['/dev/nowhere'] });
    expect(failure).toMatchObject({
      exit: 'usage',
      message: expect.stringMatching(/"\/dev\/nowhere".*\/srv/) as string,
    });
  });

  it('where nobody uses a device', async () => {
    expect((await refused({ noUsers: true })).failure).toMatchObject({
      message: expect.stringMatching(/--from-host: nobody that can be seen uses a device .*root/) as string,
    });
  });

  it('without root, before it is asked', async () => {
    const preflight = () => Promise.reject(new PrivilegeError('measuring changes the host: not root'));
    const { failure } = await refused({ preflight, answer: undefined });
    expect(failure).toMatchObject({ exit: 'no-permission' });
  });
});

describe('the command line', () => {
  const called = async (...argv: readonly string[]): Promise<unknown> => {
    let seen: unknown;
    await parseCommand(['run', ...argv], (_name, asked, code) => {
      seen = asked;
      return argv.includes('--call') ? code() : Promise.resolve('ok');
    });
    return seen;
  };

  it('takes things behind --from-host, or none', async () => {
    expect(await called('--from-host', '--preset', 'incident')).toMatchObject({ fromHost: [], budgetMs: 300_000 });
    expect(await called('--from-host', '/dev/vg/a', 'web101', '-y')).toMatchObject({
      ...{ fromHost: ['/dev/vg/a', 'web101'], yes: true },
    });
  });

  it.each([
    [['p.yaml', '--from-host'], /the profile p\.yaml and --from-host exclude each other/],
    [[], /no profile given/],
  ])('%s is one clear error', async (argv, message) => {
    const work = parseCommand(['run', ...argv], (_name, _asked, code) => code());
    await expect(work).rejects.toMatchObject({
      exit: 'usage',
      problems: [{ message: expect.stringMatching(message) as string }],
    });
  });

  it('--yes is for --from-host', async () => {
    await expect(called('p.yaml', '--yes')).rejects.toMatchObject({
      exit: 'usage',
      problems: [{ message: '--yes is for --from-host, which is not given' }],
    });
  });
});
