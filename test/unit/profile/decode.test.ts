import { describe, expect, it } from 'vitest';
import { ProfileError, renderProblem } from '../../../agent/lib/errors.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';

const good = `version: 1
name: example
guests: 2
workload: { rw: randread, bs: 4k, iodepth: 8 }
stack:
  media:
    deployed: { provider: model, latency: 1ms, size: 2GiB }
`;

/** Every problem of a text, as the user reads them. */
function problemsOf(text: string): readonly string[] {
  try {
    decodeProfile(text, 'p.yaml');
  } catch (failure) {
    if (failure instanceof ProfileError) return failure.problems.map(renderProblem);
    throw failure;
  }
  return [];
}

describe('a profile', () => {
  it('gets every default filled in', () => {
    expect(decodeProfile(good, 'p.yaml')).toEqual({
      version: 1,
      name: 'example',
      guest: 'cgroup',
      question: '',
      guests: [{}, {}],
      workload: { rw: 'randread', bs: 4096, iodepth: 8, ioengine: 'libaio' },
      stack: [
        {
          layer: 'media',
          deployed: {
            provider: 'model',
            settings: { latency: 1e6, depth: 1024, size: 2 ** 31, blockSize: 512, memory: false },
          },
          stub: { provider: 'null_blk', settings: { latency: 0, memory: false } },
        },
      ],
      experiment: { settle: 'pilot', measure: 3e9, budget: 600e9, minimumLift: 5 },
    });
  });

  it('lists its layers bottom to top, in whatever order they are written', () => {
    const text = `${good}  ring:\n    deployed: { provider: loop }\n`.replace(
      /( {2}media:\n.*\n)( {2}ring:\n.*\n)/,
      '$2$1',
    );
    expect(text.indexOf('ring:')).toBeLessThan(text.indexOf('media:'));
    expect(decodeProfile(text, 'p.yaml').stack.map(({ layer }) => layer)).toEqual(['media', 'ring']);
  });

  it('gives each guest the objective of all, or its own, in nanoseconds', () => {
    const guests = 'guests: { count: 2, latencyObjective: 20ms, only: { 2: { latencyObjective: 1.5ms } } }';
    expect(
      decodeProfile(good.replace('guests: 2', guests), 'p.yaml').guests.map((guest) => guest.latencyObjective),
    ).toEqual([20e6, 1.5e6]);
  });

  it('gives single guests limits of their own over those of all', () => {
    const guests = 'guests: { count: 3, memoryMax: 1GiB, cpuset: "0", only: { 2: { memoryMax: 64MiB } } }';
    const common = { memoryMax: 2 ** 30, cpuset: '0' };
    expect(decodeProfile(good.replace('guests: 2', guests), 'p.yaml').guests).toEqual([
      common,
      { ...common, memoryMax: 2 ** 26 },
      common,
    ]);
  });

  it('reads at random when no workload is given', () => {
    const { workload } = decodeProfile(good.replace(/workload.*\n/, ''), 'p.yaml');
    expect(workload).toEqual({ rw: 'randread', bs: 4096, iodepth: 8, ioengine: 'libaio' });
  });

  it('takes `stub: none` for a layer that stays as it is', () => {
    expect(decodeProfile(`${good}    stub: none\n`, 'p.yaml').stack[0]?.stub).toBeNull();
  });

  it('reads the same with a byte order mark and with line ends of Windows', () => {
    const plain = decodeProfile(good, 'p.yaml');
    expect(decodeProfile(`\ufeff${good}`, 'p.yaml')).toEqual(plain);
    expect(decodeProfile(good.replaceAll('\n', '\r\n'), 'p.yaml')).toEqual(plain);
  });
});

describe('mistakes', () => {
  it('are told all at once, each with its line and column, in the order of the file', () => {
    const text = good
      .replace('version: 1', 'version: 2')
      .replace('name: example', 'name: Not_Allowed')
      .replace('rw: randread', 'rw: sideways')
      .replace('latency: 1ms', 'latency: 20')
      .replace('size: 2GiB', 'sise: 2GiB');
    expect(problemsOf(text)).toEqual([
      'p.yaml:1:1: version: expected version: 1',
      'p.yaml:2:1: name: expected a name of a-z, 0-9 and -',
      expect.stringMatching(/^p\.yaml:4:13: workload\.rw: expected one of .*randread.*randrw/),
      'p.yaml:7:34: stack.media.deployed.latency: expected a duration with its unit, such as 20ms or 1.5s, not "20"',
      'p.yaml:7:47: stack.media.deployed.sise: unknown setting (did you mean size?)',
    ]);
  });

  it.each<[string, string, string, string]>([
    [
      'an unknown provider, with those that exist',
      'provider: model',
      'provider: modle',
      'p.yaml:7:17: stack.media.deployed.provider: unknown provider "modle" (expected one of model, device, scsi-debug)',
    ],
    [
      'a stub in the place of what is deployed',
      'provider: model',
      'provider: null_blk',
      'p.yaml:7:17: stack.media.deployed.provider: unknown provider "null_blk" (expected one of model, device, scsi-debug)',
    ],
    [
      'no provider',
      'provider: model, ',
      '',
      'p.yaml:7:5: stack.media.deployed: no provider (expected one of model, device, scsi-debug)',
    ],
    [
      'an unknown key of a case',
      'guests: 2',
      "guests: 2\ncase: { report: 'https://example.org', guilty: x, expect: { verdict: { kind: none } }, note: 1 }",
      'p.yaml:4:88: case.note: unknown setting',
    ],
    [
      'a case that expects nothing',
      'guests: 2',
      "guests: 2\ncase: { report: 'https://example.org', guilty: x, expect: {} }",
      'p.yaml:4:51: case.expect: nothing is expected: give a `verdict`, or a figure of `in-flight` or `per-second`',
    ],
    ['an unknown key at the top', 'guests: 2', 'guests: 2\nspeed: 9', 'p.yaml:4:1: speed: unknown setting'],
    ['an unknown layer', '  media:', '  cache: {}\n  media:', 'p.yaml:6:3: stack.cache: unknown setting'],
    [
      'an unknown form of a layer',
      '    deployed:',
      '    spare: {}\n    deployed:',
      'p.yaml:7:5: stack.media.spare: unknown setting (expected deployed or stub)',
    ],
    [
      'a layer that is no map',
      '    deployed: { provider: model, latency: 1ms, size: 2GiB }',
      '    3',
      'p.yaml:6:3: stack.media: expected a map with `deployed` and, if you like, `stub`',
    ],
    [
      'a size in a unit of time',
      'size: 2GiB',
      'size: 2ms',
      'p.yaml:7:48: stack.media.deployed.size: expected a size such as 4k, 512MiB or 2GiB, not "2ms"',
    ],
    [
      'a duration out of its range',
      'latency: 1ms',
      'latency: 1h',
      'p.yaml:7:34: stack.media.deployed.latency: expected 1us to 4s, not "1h"',
    ],
    [
      'a size out of its range',
      'size: 2GiB',
      'size: 1MiB',
      'p.yaml:7:48: stack.media.deployed.size: expected 16MiB to 1024TiB, not "1MiB"',
    ],
    [
      'a size below its least',
      'guests: 2',
      'guests: { count: 2, memoryMax: 4k }',
      'p.yaml:3:21: guests.memoryMax: expected at least 1MiB, not "4k"',
    ],
    [
      'CPUs that go down',
      'guests: 2',
      'guests: { count: 2, cpuset: "0,3-1" }',
      'p.yaml:3:21: guests.cpuset: expected ranges that go up, such as 1-3',
    ],
    [
      'a quota below what the kernel takes',
      'guests: 2',
      'guests: { count: 2, cpuMax: "999 100000" }',
      'p.yaml:3:21: guests.cpuMax: expected a quota of 1000 to 17592186044415 us or max, and a period of 1000 to 1000000 us',
    ],
    [
      'a quota beyond it',
      'guests: 2',
      'guests: { count: 2, cpuMax: "99999999999999 100000" }',
      'p.yaml:3:21: guests.cpuMax: expected a quota of 1000 to 17592186044415 us or max, and a period of 1000 to 1000000 us',
    ],
    [
      'a period below what the kernel takes',
      'guests: 2',
      'guests: { count: 2, cpuMax: "50000 999" }',
      'p.yaml:3:21: guests.cpuMax: expected a quota of 1000 to 17592186044415 us or max, and a period of 1000 to 1000000 us',
    ],
    [
      'a period beyond it',
      'guests: 2',
      'guests: { count: 2, cpuMax: "max 1000001" }',
      'p.yaml:3:21: guests.cpuMax: expected a quota of 1000 to 17592186044415 us or max, and a period of 1000 to 1000000 us',
    ],
    [
      'blocks that are no whole sectors',
      'bs: 4k',
      'bs: 1000',
      'p.yaml:4:27: workload.bs: expected whole blocks of 512 bytes',
    ],
    [
      'a depth for an engine that does one I/O at a time',
      'iodepth: 8',
      'iodepth: 8, ioengine: psync',
      'p.yaml:4:35: workload.iodepth: psync, sync and pvsync2 do one I/O at a time: expected iodepth: 1, or the ioengine libaio or io_uring',
    ],
    [
      'a lift that nobody can have',
      'guests: 2',
      'guests: 2\nexperiment: { minimumLift: 0 }',
      'p.yaml:4:15: experiment.minimumLift: expected a number from 1 to 100',
    ],
    ['too many guests', 'guests: 2', 'guests: 65', 'p.yaml:3:1: guests.count: expected a whole number from 1 to 64'],
    ['half a guest', 'guests: 2', 'guests: 2.5', 'p.yaml:3:1: guests.count: expected a whole number from 1 to 64'],
    [
      'a key that is written twice',
      'guests: 2',
      'guests: 2\nguests: 3',
      'p.yaml:4:1: not valid YAML: Map keys must be unique',
    ],
    [
      'a limit for a guest that is not there',
      'guests: 2',
      'guests:\n  count: 2\n  only:\n    3: {}',
      'p.yaml:6:5: guests.only.3: there is no guest 3 (expected 1 to 2)',
    ],
    [
      'the key __proto__',
      'latency: 1ms',
      '__proto__: { a: 1 }',
      'p.yaml:7:34: stack.media.deployed.__proto__: unknown setting',
    ],
    ['the key constructor', 'guests: 2', 'guests: 2\nconstructor: 1', 'p.yaml:4:1: constructor: unknown setting'],
    [
      'a workload that is no map',
      'workload: { rw: randread, bs: 4k, iodepth: 8 }',
      'workload: 5',
      'p.yaml:4:1: workload: expected object, received number',
    ],
    [
      'a job file that is no path',
      'workload: { rw: randread, bs: 4k, iodepth: 8 }',
      'workload: { job: 3 }',
      'p.yaml:4:13: workload.job: expected the path of a fio job file',
    ],
    [
      'a job file beside a workload',
      'rw: randread, bs: 4k, iodepth: 8',
      'job: a.fio, bs: 4k',
      'p.yaml:4:25: workload.bs: unknown setting',
    ],
    [
      'a path with a line break',
      'provider: model, latency: 1ms, size: 2GiB',
      'provider: device, device: "/dev/a\\nb"',
      'p.yaml:7:35: stack.media.deployed.device: expected the path of a block device on one line',
    ],
    [
      'a device outside /dev',
      'provider: model, latency: 1ms, size: 2GiB',
      'provider: device, device: /etc/passwd',
      'p.yaml:7:35: stack.media.deployed.device: expected a path below /dev',
    ],
    [
      'an objective without a unit',
      'guests: 2',
      'guests: { count: 2, latencyObjective: 20 }',
      'p.yaml:3:21: guests.latencyObjective: expected a duration with its unit, such as 20ms or 1.5s, not "20"',
    ],
    [
      'a limit of one guest, on its own line',
      'guests: 2',
      'guests:\n  count: 2\n  only:\n    1:\n      memoryMax: lots',
      'p.yaml:7:7: guests.only.1.memoryMax: expected a size such as 4k, 512MiB or 2GiB, not "lots"',
    ],
    [
      'a guest whose number is none',
      'guests: 2',
      'guests:\n  count: 2\n  only:\n    x: {}',
      'p.yaml:6:5: guests.only.x: expected the number of a guest',
    ],
  ])('name %s', (_, from, to, problem) => {
    const text = good.replace(from, to);
    expect(text).not.toBe(good);
    expect(problemsOf(text)).toEqual([problem]);
  });

  it.each([
    '{ provider: nvme-tcp-remote, address: 10.0.0.1, nqn: nqn.2026-01.org.example:a, size: 1GiB }',
    '{ provider: remote, device: /dev/rbd0 }',
  ])('name media beneath a remote target, because it cannot be switched from here: %s', (deployed) => {
    const network = `  network:
    deployed: ${deployed}
`;
    expect(problemsOf(good + network)).toEqual([
      expect.stringMatching(/^p\.yaml:6:3: stack\.media: the media behind a remote target cannot be switched/),
    ]);
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'p.yaml:1:1: expected object, received null'],
    ['a list', '- 1\n', 'p.yaml:1:1: expected object, received array'],
    ['an open bracket', 'version: 1\nname: [x\nguests: 2\n', 'p.yaml:3:1: not valid YAML: '],
    ['a tab', 'version: 1\n\tname: x\n', 'p.yaml:2:1: not valid YAML: Tabs'],
    ['two documents', `${good}---\n${good}`, 'p.yaml:8:1: not valid YAML: '],
    ['an alias of nothing', 'a: *nope\n', 'p.yaml: not valid YAML: Unresolved alias'],
    ['a list of itself', 'a: &a [*a]\n', 'p.yaml:1:1: '],
  ])('name %s in the place of a profile', (_, text, problem) => {
    expect(problemsOf(text)[0]).toContain(problem);
  });
});

describe('a text made to harm', () => {
  const keys = ['b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const unfold = (key: string, below: string): string => `${key}: &${key} [${Array(9).fill(`*${below}`).join(', ')}]`;
  const bomb = ['a: &a [x, x, x]', ...keys.map((key, i) => unfold(key, keys[i - 1] ?? 'a'))].join('\n');

  it.each<[string, string, RegExp]>([
    ['aliases that unfold to millions of words', bomb, /alias count/],
    [
      'ten megabytes',
      good.replace('name: example', `name: ${'x'.repeat(10e6)}`),
      /too large \(expected at most 256 KiB\)/,
    ],
  ])('of %s is refused with one clear error', (_, text, message) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(message)]);
  });

  it('leaves the prototype of all objects alone', () => {
    problemsOf(good.replace('guests: 2', 'guests: 2\n__proto__: { polluted: 1 }'));
    problemsOf(good.replace('latency: 1ms', '__proto__: { polluted: 1 }'));
    expect('polluted' in {}).toBe(false);
  });

  it.each(['../../etc', 'a b', 'a;reboot', '$(reboot)', 'a\u0000b', '-rf', 'x'.repeat(42), 'é'])(
    'cannot call a run %j',
    (name) => {
      expect(problemsOf(good.replace('name: example', `name: ${JSON.stringify(name)}`))).toEqual([
        'p.yaml:2:1: name: expected a name of a-z, 0-9 and -',
      ]);
    },
  );

  it.each(['../x', 'a b', "a'b", 'A', '0a', 'a-b', 'toolongname', '{below}'])(
    'cannot call a device-mapper device %j',
    (name) => {
      const tree = `  blockstack:
    deployed:
      provider: dm
      devices: [{ name: ${JSON.stringify(name)}, table: '0 {sectors} linear {below} 0' }]
`;
      expect(problemsOf(good + tree)).toEqual([
        expect.stringContaining('devices.0.name: expected a name of at most 8'),
      ]);
    },
  );
});
