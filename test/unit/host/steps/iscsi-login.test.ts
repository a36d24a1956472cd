// A session of iSCSI without any daemon: the login proves the secret, the kernel is told what was agreed, and however far a
// session came it is ended, while those of others stay.

import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../../../agent/host/port.ts';
import { renderStep, type StepOf, verbOf } from '../../../../agent/host/step.ts';
import { fakeKernel } from '../../../support/fake-kernel.ts';
import { connectionTo, fakeInitiator, type FakeInitiator, type FakeTarget } from '../../../support/fake-iscsi.ts';

const secret = '0123456789abcdef0123456789abcdef';
const auth = '/t/acls/iqn.i:1/auth';
const step: StepOf<'iscsi-login'> = {
  kind: 'iscsi-login',
  ...{
    initiator: 'iqn.i:1',
    creator: 2 ** 30 + 0xabcdef,
    netns: 'n',
    address: '198.18.0.2',
    port: 3260,
    target: 'iqn.t',
  },
  ...{ credentials: auth, cmdsMax: 128, queueDepth: 32 },
  offers: {
    ...{ HeaderDigest: 'None', DataDigest: 'None', InitialR2T: 'No', ImmediateData: 'Yes', MaxOutstandingR2T: '1' },
    ...{ MaxBurstLength: '1048576', FirstBurstLength: '262144', MaxRecvDataSegmentLength: '262144' },
  },
  why: 'a test',
};
const users = { 'iqn.i:1': { user: 'u', secret } };
const target: FakeTarget = { name: 'iqn.t', users };

function machine(
  initiator: FakeInitiator,
  other: FakeTarget = target,
  known = secret,
): Kernel & { closed: () => boolean } {
  const wire = connectionTo(other);
  const credentials: Readonly<Record<string, string>> = { [`${auth}/userid`]: 'u', [`${auth}/password`]: `${known}\0` };
  return Object.assign(
    fakeKernel({
      ...initiator,
      read: (path) => (path in credentials ? Promise.resolve(credentials[path]) : initiator.read(path)),
      connectIn: (netns, address, port) =>
        netns === 'n' && address === step.address && port === step.port
          ? Promise.resolve(wire)
          : Promise.reject(new Error('nobody')),
    }),
    { closed: () => wire.isClosed() },
  );
}

const act = (kernel: Kernel, one = step) => verbOf(one, kernel).act(one, '', AbortSignal.any([]));

describe('a login', () => {
  it('gives the kernel what both ends agree on, and the socket', async () => {
    const initiator = fakeInitiator();
    const says = {
      FirstBurstLength: '65536',
      MaxBurstLength: '262144',
      MaxRecvDataSegmentLength: '8192',
      InitialR2T: 'Yes',
    };
    const kernel = machine(initiator, { ...target, says, rounds: 3 });
    await act(kernel);
    const [session] = [...initiator.sessions.values()];
    expect(session).toMatchObject({
      socket: 33,
      isUp: true,
      hasDisk: true,
      asked: { cmdSn: 1, cmdsMax: 128, queueDepth: 32 },
    });
    // Numbers of enum iscsi_param: what we take, what the target takes, R2T, immediate data, bursts, the next status, ours.
    const said = [0, 1, 4, 6, 7, 8, 14, 34].map((number) => session?.parameters.get(number));
    expect(said).toEqual(['262144', '8192', '1', '1', '65536', '262144', '106', 'iqn.i:1']);
    // A connection that breaks is an error at once, as nobody will log in again.
    expect(session?.parameters.get(19)).toBe('0');
    expect(kernel.closed()).toBe(true);
    expect(await verbOf(step, kernel).present(step, undefined)).toBe(true);
  });

  it('shows the secret to nobody', async () => {
    const initiator = fakeInitiator();
    await act(machine(initiator));
    const [session] = [...initiator.sessions.values()];
    expect(JSON.stringify([step, renderStep(step), [...(session?.parameters ?? [])]])).not.toContain(secret);
  });

  it.each([
    ['the secret is wrong', target, `${secret.slice(1)}0`],
    ['this initiator may not log in', { ...target, users: {} }, secret],
    ['no such target', { ...target, name: 'iqn.other' }, secret],
    ['does not ask for a secret', { ...target, isOpen: true }, secret],
    ['does not end the login', { ...target, rounds: 1000 }, secret],
  ])('ends with a word where %s, and leaves no session', async (words, other, known) => {
    const initiator = fakeInitiator();
    const kernel = machine(initiator, other, known);
    const failure = await act(kernel).catch((thrown: unknown) => thrown);
    expect(String(failure)).toContain(words);
    expect(String(failure)).not.toContain(known);
    expect(initiator.told).toEqual([]);
    expect(kernel.closed()).toBe(true);
  });

  it.each(['create session', 'create connection', 'bind', 'set', 'start'])(
    'that the kernel refuses at "%s" is undone',
    async (refused) => {
      const initiator = fakeInitiator(refused);
      const kernel = machine(initiator);
      await expect(act(kernel)).rejects.toThrow(/the kernel refuses iSCSI's \w+: EINVAL/);
      const verb = verbOf(step, kernel);
      if (await verb.present(step, '')) await verb.undo(step, '', 100);
      expect([await verb.present(step, ''), initiator.sessions.size]).toEqual([false, 0]);
    },
  );
});

describe('the undo', () => {
  it('ends the session with its disk first, twice in a row, and leaves those of others', async () => {
    const initiator = fakeInitiator();
    const kernel = machine(initiator);
    await act(kernel);
    const theirs = {
      ...[...initiator.sessions.values()][0],
      parameters: new Map([[34, 'iqn.i:1']]),
      creator: 812,
      hasDisk: true,
    };
    const sibling = { ...theirs, creator: step.creator, parameters: new Map([[34, 'iqn.i:2']]) };
    initiator.sessions.set(1, theirs as never).set(2, sibling as never);
    initiator.told.length = 0;
    const verb = verbOf(step, kernel);
    await verb.undo(step, '', 100);
    expect(initiator.told).toEqual(['unbind', 'stop', 'destroy connection', 'destroy session']);
    await verb.undo(step, '', 100);
    expect([...initiator.sessions.keys()]).toEqual([1, 2]);
    expect(await verb.present(step, '')).toBe(false);
  });

  it('before it, a session that has lost its target is ended, and one that lives is not', async () => {
    const initiator = fakeInitiator();
    const kernel = machine(initiator);
    await act(kernel);
    const verb = verbOf(step, kernel);
    await verb.release?.(step);
    expect(initiator.sessions.size).toBe(1);
    Object.assign([...initiator.sessions.values()][0] ?? {}, { isUp: false });
    await verb.release?.(step);
    expect(initiator.sessions.size).toBe(0);
  });
});

it('a secret goes into the kernel and nowhere else', async () => {
  const written: string[] = [];
  const kernel = fakeKernel({ write: (_path, value) => Promise.resolve(void written.push(value)) });
  const one: StepOf<'secret'> = { kind: 'secret', path: '/p', why: 'a test' };
  for (let i = 0; i < 2; i++) await verbOf(one, kernel).act(one, '', AbortSignal.any([]));
  expect(written[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(written[1]).not.toBe(written[0]);
  const failing = fakeKernel({
    write: (path, value) => Promise.reject(new Error(`cannot write "${value}" to ${path}`)),
  });
  await expect(verbOf(one, failing).act(one, '', AbortSignal.any([]))).rejects.toThrow('cannot write "<secret>" to /p');
});
