// Login of iSCSI on the wire (RFC 7143, sections 11.12 and 11.13; keys in section 13), and its CHAP (section 12.1.3). Pure.

import { createHash } from 'node:crypto';

/** Stages of a login. */
export const security = 0;
export const operational = 1;
export const fullFeature = 3;

export interface LoginRequest {
  /** Six bytes: which session of the initiator it is. */
  readonly isid: Buffer;
  readonly cmdSn: number;
  readonly expStatSn: number;
  readonly stage: number;
  /** The stage that this request asks to go on to; undefined: it does not. */
  readonly next?: number | undefined;
  readonly keys: Keys;
}

export interface LoginAnswer {
  readonly stage: number;
  /** The stage that begins now; undefined: this one goes on. */
  readonly next: number | undefined;
  /** More of its keys come in the next answer. */
  readonly goesOn: boolean;
  readonly statSn: number;
  /** 0: well; else RFC 7143 11.13.5. */
  readonly statusClass: number;
  readonly statusDetail: number;
  readonly dataBytes: number;
}

export type Keys = Readonly<Record<string, string>>;

export const headerBytes = 48;
const [loginOpcode, answerOpcode, immediate] = [0x03, 0x23, 0x40];
const [transit, more] = [0x80, 0x40];

/** Bytes on the wire: data comes in words of four. */
export const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

export function encodeLogin({ isid, cmdSn, expStatSn, stage, next, keys }: LoginRequest): Buffer {
  const data = Buffer.from(
    Object.entries(keys)
      .map(([key, value]) => `${key}=${value}\0`)
      .join(''),
  );
  const out = Buffer.alloc(headerBytes + padded(data.length));
  out[0] = loginOpcode | immediate;
  out[1] = (next === undefined ? 0 : transit) | (stage << 2) | (next ?? 0);
  out.writeUIntBE(data.length, 5, 3);
  isid.copy(out, 8, 0, 6);
  out.writeUInt32BE(cmdSn, 24);
  out.writeUInt32BE(expStatSn, 28);
  data.copy(out, headerBytes);
  return out;
}

/** Throws an Error where it is no answer to a login. */
export function decodeAnswer(header: Buffer): LoginAnswer {
  const [opcode = 0, flags = 0] = header;
  if ((opcode & 0x3f) !== answerOpcode) throw new Error(`the target answers a login with the opcode ${opcode}`);
  return {
    stage: (flags >> 2) & 3,
    next: flags & transit ? flags & 3 : undefined,
    goesOn: (flags & more) !== 0,
    dataBytes: header.readUIntBE(5, 3),
    statSn: header.readUInt32BE(24),
    statusClass: header.readUInt8(36),
    statusDetail: header.readUInt8(37),
  };
}

export function parseKeys(data: Buffer): Keys {
  const pairs = data
    .toString('latin1')
    .split('\0')
    .filter((one) => one !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Algorithm 5 of CHAP (RFC 1994, 4.1). `id` and `challenge` are as the target writes them. */
export function chapAnswer(id: string, challenge: string, secret: string): string {
  const hex = /^0x([0-9a-f]+)$/i.exec(challenge)?.[1];
  const bytes = hex === undefined ? Buffer.from(challenge.replace(/^0b/i, ''), 'base64') : Buffer.from(hex, 'hex');
  const hash = createHash('md5')
    .update(Buffer.from([Number(id)]))
    .update(secret)
    .update(bytes);
  return `0x${hash.digest('hex')}`;
}
