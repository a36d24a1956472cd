// Sessions of the kernel's iSCSI initiator (iscsi_tcp), told to it by netlink as iscsid does it (include/scsi/iscsi_if.h):
// a session, its connection, the socket on which the login was done, what was agreed on; and its end. No daemon and no record
// takes part, so that those of the host stay what they are.

import { getSystemErrorName } from 'node:util';
import { errnoOf, HostError } from '../../lib/errors.ts';
import type { Keys } from './pdu.ts';
import { sessionsFolder } from '../formats/iscsi-sessions.ts';
import { faultPoint } from '../kernel/fault.ts';
import type { Netlink } from '../kernel/socket.ts';
import { waitFor } from '../kernel/wait.ts';
import type { Kernel } from '../port.ts';

// linux/include/uapi/linux/netlink.h; include/scsi/iscsi_if.h, enum iscsi_uevent_e: those from user space begin with 10, those
// of the kernel with 100.
const protocol = 8;
const eventsOfSessions = 1;
const events = {
  createSession: 11,
  destroySession: 12,
  createConnection: 13,
  destroyConnection: 14,
  bindConnection: 15,
  setParameter: 16,
  startConnection: 17,
  stopConnection: 18,
  unbindSession: 27,
} as const;
const failed = 103;
const stopForGood = 1;

/** enum iscsi_param of the same file. */
const parameters = {
  MaxRecvDataSegmentLength: 0,
  maxSend: 1,
  HeaderDigest: 2,
  DataDigest: 3,
  InitialR2T: 4,
  MaxOutstandingR2T: 5,
  ImmediateData: 6,
  FirstBurstLength: 7,
  MaxBurstLength: 8,
  DataPDUInOrder: 9,
  DataSequenceInOrder: 10,
  ErrorRecoveryLevel: 11,
  expStatSn: 14,
  target: 15,
  portalGroup: 16,
  address: 17,
  port: 18,
  recoverySeconds: 19,
  abortSeconds: 27,
  resetSeconds: 28,
  pingSeconds: 30,
  answerSeconds: 31,
  initiator: 34,
} as const;
type Parameter = keyof typeof parameters;

/** struct nlmsghdr and struct iscsi_uevent: header, what is asked, and what comes back. */
const [headerBytes, askedAt, answeredAt, eventBytes] = [16, 16, 40, 56];
const answerMs = 15_000;

export interface SessionPlan {
  readonly creator: number;
  readonly initiator: string;
  readonly target: string;
  readonly address: string;
  readonly port: number;
  readonly cmdsMax: number;
  readonly queueDepth: number;
}

/** What the kernel does by itself: without an answer for so long it gives the connection up, and fails all I/O at once. */
const timeouts = { pingSeconds: 30, answerSeconds: 30, recoverySeconds: 0, abortSeconds: 15, resetSeconds: 30 };

/** Makes the session over a connection that is logged in, and finds its disk. Throws HostError with the kernel's answer. */
export async function startSession(
  plan: SessionPlan,
  login: {
    readonly fd: number;
    readonly agreed: Keys;
    readonly firstCmdSn: number;
    readonly expStatSn: number;
    readonly maxReceive: number;
  },
  kernel: Kernel,
): Promise<void> {
  await speaking(plan.creator, kernel, async (tell) => {
    const made = await tell('createSession', (event) => {
      event.writeUInt32LE(login.firstCmdSn, askedAt);
      event.writeUInt16LE(plan.cmdsMax, askedAt + 4);
      event.writeUInt16LE(plan.queueDepth, askedAt + 6);
    });
    const [session, adapter] = [made.readUInt32LE(answeredAt), made.readUInt32LE(answeredAt + 4)];
    faultPoint('iscsi session made');
    const ofIt = (event: Buffer): void => void event.writeUInt32LE(session, askedAt);
    await tell('createConnection', ofIt);
    await tell('bindConnection', (event) => {
      ofIt(event);
      event.writeBigUInt64LE(BigInt(login.fd), askedAt + 8);
      event.writeUInt32LE(1, askedAt + 16);
    });
    faultPoint('iscsi connection bound');
    for (const [name, value] of parametersOf(plan, login)) {
      const text = Buffer.from(`${value}\0`);
      const set = (event: Buffer): void => {
        ofIt(event);
        event.writeUInt32LE(parameters[name], askedAt + 8);
        event.writeUInt32LE(text.length, askedAt + 12);
      };
      await tell('setParameter', set, text);
    }
    faultPoint('iscsi session named');
    await tell('startConnection', ofIt);
    faultPoint('iscsi connection started');
    await kernel.write(`/sys/class/scsi_host/host${adapter}/scan`, '0 0 0');
  });
}

function parametersOf(
  plan: SessionPlan,
  { agreed, expStatSn, maxReceive }: { readonly agreed: Keys; readonly expStatSn: number; readonly maxReceive: number },
): readonly (readonly [Parameter, string | number])[] {
  const yes = (key: string): number => (agreed[key] === 'Yes' ? 1 : 0);
  const digest = (key: string): number => (agreed[key] === 'CRC32C' ? 1 : 0);
  const number = (key: string): string => agreed[key] ?? '';
  return [
    ['initiator', plan.initiator],
    ['target', plan.target],
    ['portalGroup', agreed['TargetPortalGroupTag'] ?? '1'],
    ['address', plan.address],
    ['port', plan.port],
    ['MaxRecvDataSegmentLength', maxReceive],
    // Each end declares its own: what the target says is the most that it takes.
    ['maxSend', agreed['MaxRecvDataSegmentLength'] ?? '8192'],
    ['HeaderDigest', digest('HeaderDigest')],
    ['DataDigest', digest('DataDigest')],
    ['InitialR2T', yes('InitialR2T')],
    ['MaxOutstandingR2T', number('MaxOutstandingR2T')],
    ['ImmediateData', yes('ImmediateData')],
    ['FirstBurstLength', number('FirstBurstLength')],
    ['MaxBurstLength', number('MaxBurstLength')],
    ['DataPDUInOrder', 1],
    ['DataSequenceInOrder', 1],
    ['ErrorRecoveryLevel', 0],
    ['expStatSn', expStatSn],
    ...Object.entries(timeouts).map(([name, seconds]) => [name as Parameter, seconds] as const),
  ];
}

/** Ends a session of ours, however far it came. What is gone already is no error. */
export async function endSession(session: number, creator: number, patienceMs: number, kernel: Kernel): Promise<void> {
  const folder = `${sessionsFolder}/session${session}`;
  await speaking(creator, kernel, async (tell) => {
    const ofIt = (event: Buffer): void => void event.writeUInt32LE(session, askedAt);
    const hasDisks = async (): Promise<boolean> =>
      (await kernel.list(`${folder}/device`)).some((name) => name.startsWith('target'));
    if (await hasDisks()) {
      // While the connection lives: a disk that goes sends its last commands.
      await tell('unbindSession', ofIt).catch(passGone);
      await waitFor(`the end of the disk of iSCSI session ${session}`, patienceMs, async () =>
        (await hasDisks()) ? undefined : true,
      );
    }
    faultPoint('iscsi disk removed');
    if (await kernel.exists(`/sys/class/iscsi_connection/connection${session}:0`)) {
      const stop = (event: Buffer): void => {
        ofIt(event);
        event.writeUInt32LE(stopForGood, askedAt + 16);
      };
      await tell('stopConnection', stop).catch(passGone);
      await tell('destroyConnection', ofIt).catch(passGone);
    }
    faultPoint('iscsi connection ended');
    await tell('destroySession', ofIt).catch(passGone);
    await waitFor(`the end of iSCSI session ${session}`, patienceMs, async () =>
      (await kernel.exists(folder)) ? undefined : true,
    );
  });
}

/** EINVAL: there is no such session or connection any more (drivers/scsi/scsi_transport_iscsi.c). */
function passGone(failure: unknown): void {
  if (errnoOf(failure instanceof Error ? failure.cause : undefined) !== 'EINVAL') throw failure;
}

type Tell = (event: keyof typeof events, fill: (event: Buffer) => void, more?: Buffer) => Promise<Buffer>;

/** Gives the body a way to tell the kernel one thing after another; each answer is a struct iscsi_uevent. */
async function speaking(creator: number, kernel: Kernel, body: (tell: Tell) => Promise<void>): Promise<void> {
  const handle = BigInt((await kernel.read('/sys/class/iscsi_transport/tcp/handle'))?.trim() ?? '0');
  const netlink = openOrSay(creator, kernel);
  try {
    await body(async (name, fill, more = Buffer.alloc(0)) => {
      const event = Buffer.alloc(eventBytes);
      event.writeUInt32LE(events[name], 0);
      event.writeBigUInt64LE(handle, 8);
      fill(event);
      const said = (async () => {
        await netlink.send(withHeader(events[name], creator, Buffer.concat([event, more])));
        return answerTo(name, netlink);
      })();
      return said.catch((cause: unknown) => {
        if (cause instanceof HostError) throw cause;
        throw new HostError(`the kernel does not answer to iSCSI's ${name}: ${errnoOf(cause) ?? String(cause)}`);
      });
    });
  } finally {
    netlink.close();
  }
}

function openOrSay(creator: number, kernel: Kernel): Netlink {
  try {
    // Its own events are heard too: the kernel complains in its log where nobody listens.
    return kernel.netlink(protocol, creator, eventsOfSessions, answerMs);
  } catch (cause) {
    const hint =
      'layerlift must run in the network namespace of the host itself, where the kernel takes orders for iSCSI';
    throw new HostError(`the kernel takes no orders for iSCSI here: ${errnoOf(cause) ?? String(cause)}`, hint, {
      cause,
    });
  }
}

function withHeader(type: number, creator: number, body: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(headerBytes + body.length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(1, 6); // NLM_F_REQUEST
  header.writeUInt32LE(creator, 12);
  return Buffer.concat([header, body]);
}

/** Events of others come in between. */
async function answerTo(name: keyof typeof events, netlink: Netlink): Promise<Buffer> {
  for (;;) {
    const message = await netlink.receive();
    const event = message.subarray(headerBytes);
    if (message.readUInt16LE(4) !== events[name] || event.length < eventBytes) continue;
    const error = event.readUInt32LE(0) === failed ? event.readInt32LE(4) : retcodeOf(name, event);
    if (error === 0) return event;
    const code = getSystemErrorName(error);
    throw new HostError(`the kernel refuses iSCSI's ${name}: ${code}`, undefined, {
      cause: Object.assign(new Error(code), { code }),
    });
  }
}

/** Those that make something answer with its number instead. */
function retcodeOf(name: keyof typeof events, event: Buffer): number {
  const answers: readonly (keyof typeof events)[] = ['bindConnection', 'startConnection'];
  return answers.includes(name) ? event.readInt32LE(answeredAt) : 0;
}
