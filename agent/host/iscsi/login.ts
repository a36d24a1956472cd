// The login of one iSCSI session over a connection that is there: who we are, that we know the secret, and what both ends
// agree on. What comes after, the I/O, is the kernel's.

import { HostError } from '../../lib/errors.ts';
import {
  chapAnswer,
  decodeAnswer,
  encodeLogin,
  fullFeature,
  headerBytes,
  type Keys,
  operational,
  padded,
  parseKeys,
  security,
} from './pdu.ts';
import type { Connection } from '../kernel/socket.ts';

export interface Party {
  readonly initiator: string;
  readonly target: string;
  readonly isid: Buffer;
  readonly user: string;
  readonly secret: string;
  /** The parameters that the initiator asks for (RFC 7143, section 13). */
  readonly offers: Keys;
}

export interface Agreed {
  /** Keys as they hold: the target's answer where there is one, else what was offered. */
  readonly keys: Keys;
  /** The number of the target's next answer. */
  readonly expStatSn: number;
}

/** The first number of a command; a login has it too, and does not use it up. */
export const firstCmdSn = 1;

/** More than any target needs. */
const mostRounds = 12;

type Wire = Pick<Connection, 'send' | 'receive'>;

/** Throws HostError where the target refuses, or wants no secret. */
export async function logIn(wire: Wire, party: Party): Promise<Agreed> {
  const { initiator, target, isid, user, secret, offers } = party;
  let expStatSn = 0;
  const ask = async (stage: number, next: number | undefined, keys: Keys) => {
    await wire.send(encodeLogin({ isid, cmdSn: firstCmdSn, expStatSn, stage, next, keys }));
    const answer = decodeAnswer(await wire.receive(headerBytes));
    const data = await wire.receive(padded(answer.dataBytes));
    if (answer.statusClass !== 0) throw refusal(target, answer);
    expStatSn = answer.statSn + 1;
    return { next: answer.next, keys: parseKeys(data.subarray(0, answer.dataBytes)) };
  };
  const names = { InitiatorName: initiator, TargetName: target, SessionType: 'Normal', AuthMethod: 'CHAP' };
  const method = await ask(security, undefined, names);
  // A target that lets anybody in is not the one that this run has made.
  if (method.keys['AuthMethod'] !== 'CHAP')
    throw new HostError(
      `the iSCSI target ${target} does not ask for a secret (${method.keys['AuthMethod'] ?? 'nothing'})`,
    );
  const challenge = await ask(security, undefined, { CHAP_A: '5' });
  const { CHAP_I: id = '', CHAP_C: text = '' } = challenge.keys;
  const proof = { CHAP_N: user, CHAP_R: chapAnswer(id, text, secret) };
  let reply = await ask(security, operational, proof);
  if (reply.next !== operational) throw new HostError(`the iSCSI target ${target} stays at the secret`);
  const keys: Record<string, string> = { ...offers };
  reply = await ask(operational, fullFeature, offers);
  for (let round = 0; ; round++) {
    Object.assign(keys, reply.keys);
    if (reply.next === fullFeature) return { keys, expStatSn };
    if (round === mostRounds) throw new HostError(`the iSCSI target ${target} does not end the login`);
    reply = await ask(operational, fullFeature, {});
  }
}

function refusal(target: string, answer: { statusClass: number; statusDetail: number }): HostError {
  const { statusClass, statusDetail } = answer;
  const known: Readonly<Record<string, string>> = {
    '2/1': 'the secret is wrong',
    '2/2': 'this initiator may not log in',
    '2/3': 'no such target',
    '3/1': 'the service is unavailable',
    '3/2': 'it is out of resources',
  };
  const what = known[`${statusClass}/${statusDetail}`] ?? `status ${statusClass}/${statusDetail}`;
  return new HostError(`the iSCSI target ${target} refuses the login: ${what}`);
}
