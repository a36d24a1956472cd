// Both ends that a login to iSCSI speaks with: a target that asks for a secret (RFC 7143), and the kernel's initiator, which
// is told by netlink what to make (include/scsi/iscsi_if.h). Written from those texts, not from the code under test.

import { createHash } from 'node:crypto';
import type { Connection, Netlink } from '../../agent/host/kernel/socket.ts';

export interface FakeTarget {
  readonly name: string;
  readonly users: Readonly<Record<string, { readonly user: string; readonly secret: string }>>;
  /** What the target has to say to each key that it is offered; else it says the same. */
  readonly says?: Readonly<Record<string, string>>;
  /** It lets everybody in. */
  readonly isOpen?: boolean;
  /** How many answers the last stage takes. */
  readonly rounds?: number;
}

const challenge = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const id = 57;

/** A connection with the target at its other end. */
export function connectionTo(target: FakeTarget): Connection & { isClosed: () => boolean } {
  let inbox = Buffer.alloc(0);
  let outbox = Buffer.alloc(0);
  let closed = false;
  let initiator = '';
  let statSn = 100;
  let rounds = target.rounds ?? 1;
  const answer = (request: Buffer): void => {
    const flags = request.readUInt8(1);
    const [stage, next, asks] = [(flags >> 2) & 3, flags & 3, (flags & 0x80) !== 0];
    const data = request.subarray(48, 48 + request.readUIntBE(5, 3)).toString();
    const keys = new Map(
      data
        .split('\0')
        .filter(Boolean)
        .map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]),
    );
    const reply = new Map<string, string>();
    let status = 0;
    let goesOn = false;
    initiator = keys.get('InitiatorName') ?? initiator;
    const known = target.users[initiator];
    if (keys.has('TargetName') && keys.get('TargetName') !== target.name) status = 0x0203;
    else if (!known) status = 0x0202;
    else if (keys.has('AuthMethod'))
      reply.set('AuthMethod', target.isOpen ? 'None' : 'CHAP').set('TargetPortalGroupTag', '1');
    else if (keys.has('CHAP_A'))
      reply
        .set('CHAP_A', '5')
        .set('CHAP_I', `${id}`)
        .set('CHAP_C', `0x${challenge.toString('hex')}`);
    else if (keys.has('CHAP_R')) {
      const right = createHash('md5').update(Buffer.of(id)).update(known.secret).update(challenge).digest('hex');
      if (keys.get('CHAP_N') === known.user && keys.get('CHAP_R') === `0x${right}`) goesOn = asks;
      else status = 0x0201;
    } else if (stage === 1) {
      for (const [key, value] of keys) reply.set(key, target.says?.[key] ?? value);
      goesOn = asks && --rounds === 0;
    }
    const text = Buffer.from([...reply].map(([key, value]) => `${key}=${value}\0`).join(''));
    const header = Buffer.alloc(48);
    header[0] = 0x23;
    header[1] = (goesOn ? 0x80 | next : 0) | (stage << 2);
    header.writeUIntBE(text.length, 5, 3);
    header.writeUInt32BE(statSn++, 24);
    header.writeUInt16BE(status, 36);
    outbox = Buffer.concat([outbox, header, text, Buffer.alloc((4 - (text.length % 4)) % 4)]);
  };
  return {
    fd: 33,
    send: (data) => {
      inbox = Buffer.concat([inbox, data]);
      const whole = 48 + Math.ceil(inbox.readUIntBE(5, 3) / 4) * 4;
      if (inbox.length >= whole) {
        answer(inbox.subarray(0, whole));
        inbox = inbox.subarray(whole);
      }
      return Promise.resolve();
    },
    receive: (bytes) => {
      if (outbox.length < bytes) return Promise.reject(Object.assign(new Error('ETIMEDOUT'), { code: 'ETIMEDOUT' }));
      const part = outbox.subarray(0, bytes);
      outbox = outbox.subarray(bytes);
      return Promise.resolve(part);
    },
    close: () => {
      closed = true;
    },
    isClosed: () => closed,
  };
}

interface FakeSession {
  readonly creator: number;
  readonly asked: { readonly cmdSn: number; readonly cmdsMax: number; readonly queueDepth: number };
  readonly parameters: Map<number, string>;
  hasConnection: boolean;
  socket?: number;
  isUp: boolean;
  hasDisk: boolean;
}

export interface FakeInitiator {
  readonly sessions: Map<number, FakeSession>;
  readonly told: string[];
  readonly netlink: (protocol: number, port: number) => Netlink;
  /** sysfs, as iscsi_tcp shows it. */
  readonly read: (path: string) => Promise<string | undefined>;
  readonly list: (path: string) => Promise<readonly string[]>;
  readonly exists: (path: string) => Promise<boolean>;
  readonly write: (path: string, value: string) => Promise<void>;
}

const names: Readonly<Record<number, string>> = {
  ...{ 11: 'create session', 12: 'destroy session', 13: 'create connection', 14: 'destroy connection' },
  ...{ 15: 'bind', 16: 'set', 17: 'start', 18: 'stop', 27: 'unbind' },
};
const handle = 0xffff_8881_0000_1234n;
const [einval, initiatorName, expStatSn] = [-22, 34, 14];

/** `refuses`: what it answers to with an error. */
export function fakeInitiator(refuses?: string): FakeInitiator {
  const sessions = new Map<number, FakeSession>();
  const told: string[] = [];
  let number = 6;
  const obey = (type: number, port: number, event: Buffer): number => {
    const name = names[type] ?? `${type}`;
    told.push(name);
    if (name === refuses) return einval;
    if (event.readBigUInt64LE(8) !== handle) return einval;
    if (name === 'create session') {
      const asked = {
        cmdSn: event.readUInt32LE(16),
        cmdsMax: event.readUInt16LE(20),
        queueDepth: event.readUInt16LE(22),
      };
      sessions.set(++number, {
        creator: port,
        asked,
        parameters: new Map(),
        hasConnection: false,
        isUp: false,
        hasDisk: false,
      });
      event.writeUInt32LE(number, 40);
      event.writeUInt32LE(number + 10, 44);
      return 0;
    }
    const session = sessions.get(event.readUInt32LE(16));
    if (!session) return einval;
    switch (name) {
      case 'create connection':
        session.hasConnection = true;
        return 0;
      case 'bind':
        session.socket = Number(event.readBigUInt64LE(24));
        return event.readUInt32LE(32) === 1 ? 0 : einval;
      case 'set':
        // Before a socket is bound there is nobody to tell it to.
        if (session.socket === undefined) return einval;
        session.parameters.set(
          event.readUInt32LE(24),
          event
            .subarray(56, 56 + event.readUInt32LE(28))
            .toString()
            .replace(/\0$/, ''),
        );
        return 0;
      case 'start':
        session.isUp = session.parameters.has(expStatSn);
        return session.isUp ? 0 : einval;
      case 'unbind':
        session.hasDisk = false;
        return 0;
      case 'stop':
        session.isUp = false;
        return event.readUInt32LE(32) === 1 ? 0 : einval;
      case 'destroy connection':
        session.hasConnection = false;
        return 0;
      case 'destroy session':
        sessions.delete(event.readUInt32LE(16));
        return 0;
      default:
        return einval;
    }
  };
  const files = (): Map<string, string> => {
    const out = new Map([['/sys/class/iscsi_transport/tcp/handle', `${handle}\n`]]);
    for (const [key, one] of sessions) {
      const folder = `/sys/class/iscsi_session/session${key}`;
      out.set(`${folder}/creator`, `${one.creator}\n`);
      out.set(`${folder}/initiatorname`, `${one.parameters.get(initiatorName) ?? ''}\n`);
      out.set(`${folder}/state`, one.isUp ? 'LOGGED_IN\n' : 'FREE\n');
      out.set(`${folder}/device/uevent`, '');
      if (one.hasConnection) out.set(`/sys/class/iscsi_connection/connection${key}:0/state`, '');
      if (one.hasDisk)
        out.set(
          `${folder}/device/target${key + 10}:0:0/${key + 10}:0:0:0/block/sd${'abcdefghijkl'[key] ?? ''}/size`,
          '8\n',
        );
    }
    return out;
  };
  return {
    sessions,
    told,
    netlink: (protocol, port) => {
      const replies: Buffer[] = [];
      if (protocol !== 8) throw new Error(`no protocol ${protocol}`);
      return {
        send: (message) => {
          const type = message.readUInt16LE(4);
          const event = Buffer.from(message.subarray(16));
          // An event of somebody else comes first.
          const other = Buffer.alloc(16 + 56);
          other.writeUInt16LE(106, 4);
          replies.push(other);
          if (message.length < 16 + 56 || message.readUInt32LE(0) !== message.length) return Promise.resolve();
          const result = obey(type, port, event);
          if (result !== 0) {
            if (type === 15 || type === 17) event.writeInt32LE(result, 40);
            else {
              event.writeUInt32LE(103, 0);
              event.writeInt32LE(result, 4);
            }
          } else if (type === 15 || type === 17) event.writeInt32LE(0, 40);
          replies.push(Buffer.concat([message.subarray(0, 16), event.subarray(0, 56)]));
          return Promise.resolve();
        },
        receive: () => {
          const reply = replies.shift();
          return reply
            ? Promise.resolve(reply)
            : Promise.reject(Object.assign(new Error('ETIMEDOUT'), { code: 'ETIMEDOUT' }));
        },
        close: () => undefined,
      };
    },
    read: (path) => Promise.resolve(files().get(path)),
    list: (folder) => {
      const below = [...files().keys()].filter((path) => path.startsWith(`${folder}/`));
      return Promise.resolve([...new Set(below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))]);
    },
    exists: (path) => Promise.resolve([...files().keys()].some((one) => one === path || one.startsWith(`${path}/`))),
    write: (path) => {
      const adapter = Number(/host(\d+)\/scan$/.exec(path)?.[1]);
      const session = sessions.get(adapter - 10);
      if (session) session.hasDisk = session.isUp;
      return Promise.resolve();
    },
  };
}
