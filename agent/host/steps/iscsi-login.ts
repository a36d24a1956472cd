// A session of the kernel's iSCSI initiator. It is known by the name of its initiator, which no other has, never by its
// number: numbers are used again. The login is done by the agent itself, from inside the namespace of the initiator, and the
// kernel takes the connection over: iscsid opens its connections in the host's own namespace, where every program could.

import { errnoOf, HostError } from '../../lib/errors.ts';
import { type SessionMark, sessionsFolder, sessionsOf } from '../formats/iscsi-sessions.ts';
import { firstCmdSn, logIn } from '../iscsi/login.ts';
import { endSession, startSession } from '../iscsi/session.ts';
import { faultPoint } from '../kernel/fault.ts';
import type { Kernel } from '../port.ts';
import { words } from '../../lib/shell-words.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

const callMs = 15_000;

export interface IscsiLoginStep extends StepBase, SessionMark {
  readonly kind: 'iscsi-login';
  readonly netns: string;
  readonly address: string;
  readonly port: number;
  readonly target: string;
  /** Folder of configfs with the initiator's `userid` and `password`, as the target wants them (CHAP). */
  readonly credentials: string;
  /** node.session.cmds_max and node.session.queue_depth of open-iscsi. */
  readonly cmdsMax: number;
  readonly queueDepth: number;
  /** Keys of RFC 7143 that the initiator offers. */
  readonly offers: Readonly<Record<string, string>>;
}

export const iscsiLoginStep: StepKind<IscsiLoginStep> = {
  kind: 'iscsi-login',
  // No program logs in from inside a namespace; what ends a session of that name is what a person has.
  text: ({ netns, address, port, target, initiator }) => ({
    act: `# log in to ${target} at ${address}:${port} from namespace ${netns}, as ${initiator}`,
    undo: `grep -lxF ${words([initiator])} ${sessionsFolder}/*/initiatorname  # then: iscsiadm -m session -r NUMBER -u`,
  }),
  present: async (step, _prior, kernel) => (await sessionsOf(step, kernel)).length > 0,
  capture: nothingToCapture,
  act: async (step, _prior, _stop, kernel) => {
    const { netns, address, port, target } = step;
    const [user, secret] = [await readSecret(step, 'userid', kernel), await readSecret(step, 'password', kernel)];
    const wire = await kernel.connectIn(netns, address, port, callMs).catch((cause: unknown) => {
      throw new HostError(`cannot connect to the iSCSI target ${address}:${port}: ${errnoOf(cause) ?? String(cause)}`);
    });
    // Once the kernel has it, closing leaves it open there.
    try {
      const party = { ...step, isid: isidOf(step.creator), user, secret };
      const agreed = await logIn(wire, party).catch((failure: unknown) => {
        if (failure instanceof HostError) throw failure;
        throw new HostError(
          `the login to the iSCSI target ${target} broke off: ${errnoOf(failure) ?? String(failure)}`,
        );
      });
      faultPoint('iscsi logged in');
      const maxReceive = Number(step.offers['MaxRecvDataSegmentLength']);
      const { fd } = wire;
      await startSession(
        step,
        { fd, agreed: agreed.keys, firstCmdSn, expStatSn: agreed.expStatSn, maxReceive },
        kernel,
      );
    } finally {
      wire.close();
    }
    return '';
  },
  undo: (step, _prior, patienceMs, kernel) => end(step, patienceMs, kernel),
  // A session without its target holds the I/O of all above it until it is gone.
  release: async (step, kernel) => {
    for (const session of await sessionsOf(step, kernel)) {
      const state = (await kernel.read(`${sessionsFolder}/session${session}/state`))?.trim();
      if (state !== undefined && state !== 'LOGGED_IN') await endSession(session, step.creator, callMs, kernel);
    }
  },
};

async function end(step: IscsiLoginStep, patienceMs: number, kernel: Kernel): Promise<void> {
  for (const session of await sessionsOf(step, kernel)) await endSession(session, step.creator, patienceMs, kernel);
}

async function readSecret(
  { credentials }: Pick<IscsiLoginStep, 'credentials'>,
  name: string,
  kernel: Kernel,
): Promise<string> {
  // The kernel ends what it shows with a zero byte.
  return ((await kernel.read(`${credentials}/${name}`)) ?? '').replace(/[\0\n]+$/, '');
}

/** A random one by its type (RFC 7143, 11.12.5): unique for an initiator, which has one session. */
function isidOf(creator: number): Buffer {
  const isid = Buffer.alloc(6);
  isid[0] = 0x80;
  isid.writeUIntBE(creator & 0xffffff, 1, 3);
  return isid;
}
