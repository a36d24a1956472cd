import { describe, expect, it } from 'vitest';
import type { Step } from '../../../agent/host/step.ts';
import { HostError } from '../../../agent/lib/errors.ts';
import { layers, type Layer } from '../../../agent/lib/layer.ts';
import { sliceSectors } from '../../../agent/stack/raise.ts';
import { type Raised, raiseOnPaper, sections } from '../../support/dry-stack.ts';

const all = layers.map((layer) => sections[layer]);
const mebibyte = 2048;

function made(raised: Raised, kind: Step['kind']): number {
  return raised.steps.filter((step) => step.kind === kind).length;
}

describe('a stack of all four layers for three guests', () => {
  it('is raised once in both forms, with these tables in this order', async () => {
    const { tables } = await raiseOnPaper({ stack: all, guests: 3 });
    const slice = 672 * mebibyte;
    expect([...tables]).toEqual([
      ['J-media', '0 4194304 linear /dev/disk 0'],
      ['J-net', '0 4194304 linear <the namespace of nqn.2026-11.org.layerlift:abcdef:net> 0'],
      ['slice1', `0 ${slice} linear J-net 0`],
      ['slice2', `0 ${slice} linear J-net ${slice}`],
      ['slice3', `0 ${slice} linear J-net ${2 * slice}`],
      ...[1, 2, 3].map((guest) => [`top-${guest}`, `0 ${slice} linear slice${guest} 0`]),
      ...[1, 2, 3].map((guest) => [`J-block${guest}`, `0 ${slice} linear top-${guest} 0`]),
      ...[1, 2, 3].map((guest) => [`twin${guest}`, `0 ${slice} linear top-${guest} 0`]),
      ...[1, 2, 3].map((guest) => [`J-ring${guest}`, `0 ${slice} linear <the disk of LUN ${guest}> 0`]),
    ]);
  });

  it('has a junction above each layer, shared below the fan-out and one a guest above it', async () => {
    const { stack } = await raiseOnPaper({ stack: all, guests: 3 });
    expect(stack.junctions.map(({ layer, guest }) => `${layer} ${guest}`)).toEqual([
      ...['media 0', 'network 0'],
      ...['blockstack 1', 'blockstack 2', 'blockstack 3'],
      ...['ring 1', 'ring 2', 'ring 3'],
    ]);
    expect(new Set(stack.setting.values())).toEqual(new Set(['deployed']));
    expect(stack.lanes.map(({ device }) => device)).toEqual(
      [1, 2, 3].map((guest) => `/dev/mapper/layerlift-abcdef-J-ring${guest}`),
    );
  });

  it('switches the way past the ring together with the junction beneath the ring', async () => {
    const { stack } = await raiseOnPaper({ stack: all, guests: 2 });
    expect(stack.junctions.map(({ devices }) => devices.map((name) => name.replace('layerlift-abcdef-', '')))).toEqual([
      ...[['J-media'], ['J-net'], ['J-block1', 'twin1'], ['J-block2', 'twin2'], ['J-ring1'], ['J-ring2']],
    ]);
    const ring = stack.junctions.at(-1);
    expect(ring?.lanes.stub.device).toBe('/dev/mapper/layerlift-abcdef-twin2');
  });
});

describe('the way past the ring', () => {
  it.each<[string, readonly Layer[]]>([
    ['media', ['media']],
    ['media and network', ['media', 'network']],
    ['a block stack on top', ['media', 'network', 'blockstack']],
  ])('is not there without a ring: %s', async (_, some) => {
    const { tables } = await raiseOnPaper({ stack: some.map((layer) => sections[layer]), guests: 2 });
    expect([...tables.keys()].filter((name) => name.startsWith('twin'))).toEqual([]);
  });

  it('is not there when the ring has no stub', async () => {
    const ring = 'ring: { deployed: { provider: tcm-loop }, stub: none }';
    const { tables } = await raiseOnPaper({ stack: [sections.media, sections.blockstack, ring], guests: 2 });
    expect([...tables.keys()].filter((name) => name.startsWith('twin'))).toEqual([]);
  });

  it('is a second slice when the ring stands straight on shared media', async () => {
    const { tables, stack } = await raiseOnPaper({ stack: [sections.media, sections.ring], guests: 2 });
    const half = 1024 * mebibyte;
    expect([tables.get('slice2'), tables.get('twin2')]).toEqual(Array(2).fill(`0 ${half} linear J-media ${half}`));
    expect(stack.junctions.flatMap(({ devices }) => devices)).toHaveLength(3);
  });

  it('is a second slice also above a block stack that the guests share', async () => {
    const shared = sections.blockstack.replace('provider: dm,', 'provider: dm, scope: shared,');
    const { tables } = await raiseOnPaper({ stack: [sections.media, shared, sections.ring], guests: 2 });
    expect(tables.get('slice2')).toMatch(/^0 \d+ linear J-block \d+$/);
    expect(tables.get('twin2')).toBe(tables.get('slice2'));
  });
});

describe('a stack that is raised whole, but does not begin with its baseline', () => {
  it('has its junctions and the ways past the ring on the stubs from the start', async () => {
    const { tables } = await raiseOnPaper({ stack: all, guests: 2, start: 'all-stub' });
    const slice = 1024 * mebibyte;
    expect([...tables.keys()]).toContain('top-2');
    for (const part of ['J-block2', 'twin2']) expect(tables.get(part)).toBe(`0 ${slice} linear slice2 0`);
    expect(tables.get('J-ring2')).toBe(`0 ${slice} linear twin2 0`);
  });
});

describe('a cold arm', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [
      'baseline',
      ['mkdir nullb disk', 'ip netns add net', 'top-1', 'mkdir lun 1'],
      ['mkdir nullb null', 'ip netns add lo', 'twin1'],
    ],
    [
      'all-stub',
      ['mkdir nullb null', 'ip netns add lo', 'twin1'],
      ['mkdir nullb disk', 'ip netns add net', 'top-1', 'mkdir lun 1'],
    ],
    [
      'stub-blockstack',
      ['mkdir nullb disk', 'ip netns add net', 'mkdir lun 1'],
      ['mkdir nullb null', 'top-1', 'twin1'],
    ],
    [
      'only-ring',
      ['mkdir nullb null', 'ip netns add lo', 'mkdir lun 1'],
      ['mkdir nullb disk', 'ip netns add net', 'top-1', 'twin1'],
    ],
  ])('%s raises only the forms that it uses', async (start, present, absent) => {
    const raised = await raiseOnPaper({ stack: all, guests: 1, start, onlyStart: true });
    const objects = [...raised.tables.keys(), ...raised.steps.map(objectOf)];
    expect(present.filter((name) => !objects.includes(name))).toEqual([]);
    expect(absent.filter((name) => objects.includes(name))).toEqual([]);
    expect(raised.stack.junctions).toHaveLength(4);
  });

  it('points its junctions as it is asked from the start, with no swap', async () => {
    const raised = await raiseOnPaper({ stack: all, guests: 1, start: 'stub-media', onlyStart: true });
    expect(made(raised, 'dm-swap')).toBe(0);
    expect(Object.fromEntries(raised.stack.setting)).toEqual({
      'media.0': 'stub',
      'network.0': 'deployed',
      'blockstack.1': 'deployed',
      'ring.1': 'deployed',
    });
    expect(raised.tables.get('J-media')).toContain('/dev/null');
  });
});

function objectOf(step: Step): string {
  if (step.kind === 'mkdir') {
    const [, kind, name = ''] =
      /(nullb)\/layerlift-abcdef-(\w+)$/.exec(step.path) ?? /(lun)\/lun_(\d+)$/.exec(step.path) ?? [];
    return `mkdir ${kind ?? ''} ${name}`;
  }
  if (step.kind === 'netns') return `ip netns add ${step.name}`.replace('layerlift-abcdef-', '');
  return step.kind === 'exec' ? step.argv.join(' ').replace('layerlift-abcdef-', '') : '';
}

describe('a layer without a stub', () => {
  it('is raised, with its junction, and never switched', async () => {
    const { stack, tables } = await raiseOnPaper({
      stack: ['media: { deployed: { provider: model }, stub: none }', sections.network],
      guests: 1,
      start: 'baseline',
    });
    expect(stack.junctions[0]?.lanes.stub).toEqual(stack.junctions[0]?.lanes.deployed);
    expect(tables.get('J-media')).toBe('0 4194304 linear /dev/disk 0');
  });
});

describe('a stack without media', () => {
  it('stands on the media stub, which is then no part of the comparison', async () => {
    const { steps, stack } = await raiseOnPaper({ stack: [sections.blockstack], guests: 1 });
    expect(steps.map(objectOf)).toContain('mkdir nullb null');
    expect(stack.junctions.map(({ layer }) => layer)).toEqual(['media', 'blockstack']);
  });
});

describe('a device that is too small', () => {
  it('is refused, naming what it has and what each guest needs', async () => {
    const work = raiseOnPaper({ stack: [sections.media], guests: 5, sectors: 64 * mebibyte });
    await expect(work).rejects.toThrow(HostError);
    await expect(work).rejects.toThrow(
      'the device is too small for 5 guests: it has 64 MiB (each guest needs at least 16 MiB)',
    );
  });

  it.each<[number, number, number]>([
    [16, 1, 16],
    [17, 1, 17],
    [64, 4, 16],
    [100, 3, 33],
    [127, 2, 63],
    [128, 2, 64],
    [200, 2, 96],
    [2048, 3, 672],
  ])('is not one of %d MiB for %d guests: each gets %d MiB', (has, guests, each) => {
    expect(sliceSectors(has * mebibyte, guests)).toBe(each * mebibyte);
  });
});

describe('a path over NVMe/TCP', () => {
  it('never touches the network of the host itself, and serves a host of its own alone', async () => {
    const { steps } = await raiseOnPaper({ stack: [sections.media, sections.network], guests: 1 });
    const programs = steps.flatMap((step) => (step.kind === 'exec' ? [step.argv] : []));
    const network = programs.filter(([name]) => name === 'ip' || name === 'tc');
    expect(network.length).toBeGreaterThan(7);
    for (const [, option] of network) expect(option).toBe('-n');

    const connects = steps.flatMap((step) => (step.kind === 'nvme-connect' ? [step] : []));
    expect(connects.map(({ netns }) => netns)).toEqual(['layerlift-abcdef-ini', 'layerlift-abcdef-lo']);
    for (const { nqn, hostnqn } of connects) {
      const subsystem = `/sys/kernel/config/nvmet/subsystems/${nqn}`;
      const target = `/sys/kernel/config/nvmet/hosts/${hostnqn}`;
      expect(steps).toContainEqual(
        expect.objectContaining({ kind: 'write', path: `${subsystem}/attr_allow_any_host`, value: '0' }),
      );
      expect(steps).toContainEqual(
        expect.objectContaining({ kind: 'link', path: `${subsystem}/allowed_hosts/${hostnqn}`, target }),
      );
    }
  });
});
