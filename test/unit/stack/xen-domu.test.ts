import { describe, expect, it } from 'vitest';
import { renderStep, type Step, type StepOf } from '../../../agent/host/step.ts';
import { makePlan, usualAims } from '../../../agent/plan/plan.ts';
import { planCaps } from '../../../agent/plan/caps.ts';
import { configuredLayers, needsOf } from '../../../agent/plan/stack-plan.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { profileOf, raiseOnPaper, sections } from '../../support/dry-stack.ts';

const ringOf = (settings = ''): string => `ring: { deployed: { provider: xen-domu${settings} } }`;
const domains = { stack: [sections.media, sections.blockstack, ringOf()], guests: 2, guest: 'domU' } as const;

function textOf(lines: readonly string[], more = ''): string {
  return `${profileOf(lines, 2)}guest: domU\n${more}`;
}

function kinds<K extends Step['kind']>(steps: readonly Step[], kind: K): readonly StepOf<K>[] {
  return steps.filter((step): step is StepOf<K> => step.kind === kind);
}

describe('guests that are domains, on paper', () => {
  it('get a domain each, with its lane and the disk of programs, before any of them boots', async () => {
    const { steps } = await raiseOnPaper(domains);
    const lines = steps.map((step) => renderStep(step).act);
    expect(lines.filter((line) => line.startsWith('xl '))).toEqual([
      'xl create -p -e -q /run/layerlift/abcdef/domains/layerlift-abcdef-g1.cfg',
      expect.stringMatching(/^xl block-attach layerlift-abcdef-g1 format=raw,vdev=xvda,access=rw,target=.*J-block1$/),
      expect.stringMatching(/^xl block-attach layerlift-abcdef-g1 format=raw,vdev=xvdb,access=ro,target=.*programs$/),
      'xl create -p -e -q /run/layerlift/abcdef/domains/layerlift-abcdef-g2.cfg',
      expect.stringMatching(/^xl block-attach layerlift-abcdef-g2 format=raw,vdev=xvda,access=rw,target=.*J-block2$/),
      expect.stringMatching(/^xl block-attach layerlift-abcdef-g2 format=raw,vdev=xvdb,access=ro,target=.*programs$/),
      'xl unpause layerlift-abcdef-g1',
      'xl unpause layerlift-abcdef-g2',
    ]);
  });

  it('have nothing of ours above their rings', async () => {
    const { stack, tables } = await raiseOnPaper(domains);
    expect(stack.junctions.map(({ layer }) => layer)).not.toContain('ring');
    expect([...tables.keys()]).not.toContain('J-ring1');
    expect(stack.lanes.map(({ domain }) => domain?.name)).toEqual(['layerlift-abcdef-g1', 'layerlift-abcdef-g2']);
    expect(stack.lanes[1]?.device).toMatch(/J-block2$/);
  });

  it('load a frontend of the order that is asked for, and have a CPU for each ring', async () => {
    const ring = ringOf(', ringPageOrder: 2, queues: 3, persistentGrants: false, memory: 256MiB');
    const { steps } = await raiseOnPaper({ ...domains, stack: [sections.media, ring] });
    const [files] = kinds(steps, 'xen-files');
    expect(files?.modules[0]).toEqual({
      name: 'xen-blkfront',
      params: 'max_ring_page_order=2 max_queues=3 feature_persistent=N',
    });
    const config = files?.configs['layerlift-abcdef-g1.cfg'];
    expect(config).toMatch(/^name = "layerlift-abcdef-g1"$/m);
    expect(config).toMatch(/^memory = 256$/m);
    expect(config).toMatch(/^vcpus = 3$/m);
    // For a kernel that has the frontend built in.
    expect(config).toMatch(
      /^extra = .* xen_blkfront\.max_ring_page_order=2 xen_blkfront\.max_queues=3 xen_blkfront\.feature_persistent=N/m,
    );
    expect(files?.modules.filter(({ optional }) => optional).map(({ name }) => name)).toEqual(['crc32c_generic']);
  });

  it('leave it to the backend whether grants stay mapped, and need one that lets them where that is asked for', () => {
    const modules = async (ring: string) =>
      kinds((await raiseOnPaper({ ...domains, stack: [sections.media, ring] })).steps, 'xen-files')[0]?.modules[0];
    const needs = (ring: string) =>
      needsOf(configuredLayers(decodeProfile(textOf([sections.media, ring]), 'p.yaml')), 2);
    const grants = { kind: 'xen-persistent-grants' };
    expect(needs(ringOf(', persistentGrants: true'))).toContainEqual(grants);
    expect(needs(ringOf())).not.toContainEqual(grants);
    expect(needs(ringOf(', queues: 16'))).toContainEqual({ kind: 'xen-ring-queues', queues: 16, ends: 'back' });
    return expect(modules(ringOf())).resolves.toMatchObject({ params: 'max_ring_page_order=0 max_queues=1' });
  });

  it('need memory for all of them', () => {
    const profile = decodeProfile(textOf([sections.media]), 'p.yaml');
    expect(needsOf(configuredLayers(profile), profile.guests.length)).toContainEqual({
      kind: 'xen-memory',
      bytes: 192 * 2 ** 20,
      count: 2,
      of: 'xen-domu',
    });
  });
});

describe('a profile with guests that are domains', () => {
  it('has their ring without naming it, and no arm past it', () => {
    const profile = decodeProfile(textOf([sections.media]), 'p.yaml');
    expect(profile.stack.at(-1)).toMatchObject({ layer: 'ring', deployed: { provider: 'xen-domu' }, stub: null });
    const plan = makePlan(profile, { sectors: 2 ** 22, blockBytes: 512 }, { seed: 1, cold: false, aims: usualAims });
    expect(plan.design.layers).toEqual(['media']);
    expect(plan.open.join('\n')).toMatch(/a domain has no way past its ring: a limit in the ring shows as no lift/);
  });

  it('has its ring sized by the cap probe all the same', () => {
    const profile = decodeProfile(textOf([sections.media, sections.blockstack]), 'p.yaml');
    const plan = makePlan(profile, { sectors: 2 ** 22, blockBytes: 512 }, { seed: 1, cold: false, aims: usualAims });
    const probe = planCaps(plan, { saturation: 5000, named: [], depth: 64, remainingMs: 600_000 });
    if (typeof probe === 'string') throw new Error(probe);
    expect(probe.design.layers).toEqual(['blockstack', 'ring']);
  });

  it.each([
    [
      'another ring',
      textOf([sections.media, 'ring: { deployed: { provider: xen-vbd } }']),
      /the ring of a domU is xen-domu/,
    ],
    [
      'a stub of the ring',
      textOf([sections.media, 'ring: { deployed: { provider: xen-domu }, stub: { provider: direct } }']),
      /a domU has no way past its ring/,
    ],
    [
      'limits that do not reach into a domain',
      textOf([sections.media]).replace('guests: 2', 'guests: { count: 2, only: { 1: { cpuset: "0" } } }'),
      /cpuset does not reach into a domain/,
    ],
    [
      'the ring of domains and guests that are none',
      profileOf([sections.media, 'ring: { deployed: { provider: xen-domu }, stub: none }'], 1),
      /xen-domu is the ring of guests that are domains .*set `guest: domU`, or use xen-vbd/,
    ],
    [
      'a guest of another kind',
      textOf([sections.media]).replace('guest: domU', 'guest: container'),
      /guest: .*"cgroup"\|"domU"/,
    ],
  ])('is refused with %s', (_, text, words) => {
    expect(() => decodeProfile(text, 'p.yaml')).toThrow(words);
  });
});
