// What the iSCSI providers make: a target that serves this run alone, as wide or as narrow as the profile has it.

import { describe, expect, it } from 'vitest';
import type { StepOf } from '../../../agent/host/step.ts';
import { raiseOnPaper, type Raised } from '../../support/dry-stack.ts';
import { expectOneMistake } from '../../support/mistakes.ts';

const raise = (network: string): Promise<Raised> =>
  raiseOnPaper({ stack: ['media: { deployed: { provider: model } }', `network: ${network}`], guests: 1 });

const isWrite = (step: { kind: string }): step is StepOf<'write'> => step.kind === 'write';
const isLogin = (step: { kind: string }): step is StepOf<'iscsi-login'> => step.kind === 'iscsi-login';

/** Values by the end of their path, of the target that `part` is. */
function written({ steps }: Raised, part: 'net' | 'lo'): Map<string, string> {
  const root = `/sys/kernel/config/target/iscsi/iqn.2026-11.org.layerlift:abcdef:${part}/tpgt_1/`;
  return new Map(
    steps
      .filter(isWrite)
      .flatMap(({ path, value }) => (path.startsWith(root) ? [[path.slice(root.length), value]] : [])),
  );
}

describe('iSCSI in namespaces', async () => {
  const plain = await raise('{ deployed: { provider: iscsi-netns } }');

  it('is what open-iscsi and LIO are when nobody has tuned them, and its stub is as wide as the kernel goes', () => {
    const [deployed, ...stubs] = plain.steps.filter(isLogin);
    expect(deployed).toMatchObject({ cmdsMax: 128, queueDepth: 32, address: '198.18.0.2', port: 3260 });
    expect(written(plain, 'net').get('attrib/default_cmdsn_depth')).toBe('64');
    expect(stubs).toHaveLength(2);
    for (const stub of stubs) expect(stub).toMatchObject({ cmdsMax: 4096, queueDepth: 4096, address: '127.0.0.1' });
    expect(written(plain, 'lo').get('attrib/default_cmdsn_depth')).toBe('512');
    expect(written(plain, 'lo').get('param/InitialR2T')).toBe('No');
  });

  it.each(['net', 'lo'] as const)('lets nobody in but the initiators of this run, with a secret: %s', (part) => {
    const set = written(plain, part);
    expect(set.get('attrib/generate_node_acls')).toBe('0');
    expect(set.get('attrib/authentication')).toBe('1');
    expect(set.get('attrib/demo_mode_discovery')).toBe('0');
    const logins = plain.steps.filter(isLogin).filter(({ target }) => target.endsWith(`:${part}`));
    const secrets = plain.steps.filter((step) => step.kind === 'secret');
    for (const { credentials, initiator } of logins) {
      expect(credentials).toContain(`/acls/${initiator}/`);
      expect(secrets.map(({ path }) => path)).toContain(`${credentials}/password`);
    }
  });

  it('listens inside a namespace alone, and only once all of that is set', () => {
    const portals = plain.steps.flatMap((step, at) =>
      step.kind === 'mkdir' && step.path.includes('/np/') ? [{ step, at }] : [],
    );
    expect(portals.map(({ step }) => step.netns)).toEqual(['layerlift-abcdef-net', 'layerlift-abcdef-lo']);
    for (const { step, at } of portals) {
      const target = step.path.slice(0, step.path.indexOf('/np/'));
      const after = plain.steps.slice(at + 1).filter((one) => 'path' in one && one.path.startsWith(target));
      expect(after.map((one) => ('path' in one ? one.path.slice(target.length) : ''))).toEqual(['/enable']);
    }
  });

  it('keeps one name for a session, however many there are, and joins them', async () => {
    const { steps, tables } = await raise('{ deployed: { provider: iscsi-netns, sessions: 3 }, stub: none }');
    const logins = steps.filter(isLogin);
    expect(new Set(logins.map(({ initiator }) => initiator)).size).toBe(3);
    expect(tables.get('paths-net')).toMatch(/^0 \d+ multipath 0 0 1 1 round-robin 0 3 1 /);
  });

  it('gives both ends the terms of the profile', async () => {
    const settings =
      'immediateData: false, initialR2T: false, firstBurst: 8k, maxBurst: 16k, queueDepth: 1, cmdsMax: 16';
    const raised = await raise(
      `{ deployed: { provider: iscsi-netns, ${settings}, defaultCmdsnDepth: 5, maxSectors: 32k }, stub: none }`,
    );
    const terms = { ImmediateData: 'No', InitialR2T: 'No', FirstBurstLength: '8192', MaxBurstLength: '16384' };
    expect(raised.steps.filter(isLogin)[0]).toMatchObject({ queueDepth: 1, cmdsMax: 16, offers: terms });
    const set = written(raised, 'net');
    for (const [key, value] of Object.entries(terms)) expect(set.get(`param/${key}`)).toBe(value);
    expect(set.get('attrib/default_cmdsn_depth')).toBe('5');
    expect(raised.steps.filter(isWrite).find(({ path }) => path.endsWith('/queue/max_sectors_kb'))?.value).toBe('32');
  });
});

it.each([
  ['cmdsMax: 100', 'cmdsMax', 'a power of two from 16 to 4096'],
  ['cmdsMax: 8', 'cmdsMax', 'a whole number from 16 to 4096'],
  ['queueDepth: 0', 'queueDepth', 'a whole number from 1 to 4096'],
  ['queueDepth: many', 'queueDepth', 'a whole number from 1 to 4096'],
  ['sessions: 9', 'sessions', 'from 1 to 8'],
  ['defaultCmdsnDepth: 513', 'defaultCmdsnDepth', 'from 1 to 512'],
  ['immediateData: maybe', 'immediateData', 'boolean'],
  ['firstBurst: 512k', 'firstBurst', 'no larger than maxBurst'],
  ['maxBurst: 1GiB', 'maxBurst', '512'],
  ['maxSectors: 4097', 'maxSectors', 'whole KiB'],
  ['jitter: 1ms', 'jitter', 'no larger than the delay'],
  ['depth: 4', 'depth', 'depth'],
])('the mistake `%s` is one error that names the setting', (setting, name, words) => {
  expectOneMistake(`network: { deployed: { provider: iscsi-netns, ${setting} } }`, name, words);
});
