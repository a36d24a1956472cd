// The device-mapper ioctls that layerlift needs (include/uapi/linux/dm-ioctl.h, interface 4.x).

import { errnoOf, HostError } from '../../lib/errors.ts';
import { explainErrno, lastWords } from './refusal.ts';
import { foreignIn } from './foreign.ts';
import type { DmTable } from './table.ts';
import { faultPoint } from '../kernel/fault.ts';
import type { Kernel } from '../port.ts';
import { type DmStatus, dmsetup, statusBySysfs } from './dmsetup.ts';

const headerBytes = 312;
const specBytes = 40;
const command = { create: 3, remove: 4, suspend: 6, status: 7, load: 9, clear: 10, deps: 11, message: 14 } as const;
const flag = { readOnly: 1, suspend: 2, skipLockfs: 1 << 10, bufferFull: 1 << 8, queryInactive: 1 << 12 } as const;

// A non-zero cookie makes the kernel pass these flags to udev: no scan, no automatic activation of what
// a copy of a real disk may carry (lib/libdm/libdevmapper.h, DM_UDEV_DISABLE_*).
const udevFlags = (0x0002 | 0x0004 | 0x0008) << 16;

/** A device to be made. */
export interface DmDevice {
  readonly name: string;
  readonly uuid: string;
  readonly table: DmTable;
  readonly readOnly?: boolean;
  /** The only devices that the table may stand on, where a person wrote it; the kernel is asked before it takes effect. */
  readonly on?: readonly string[];
}

/** Creates a device with its table and starts it. Gives its node, for example `/dev/dm-3`. */
export async function dmCreate(device: DmDevice, kernel: Kernel): Promise<string> {
  const { name, uuid, table, readOnly, on } = device;
  if (on) await mayOnlyName(name, table, { on, kernel });
  const reply = await call(kernel, command.create, name, { uuid });
  try {
    faultPoint('dm made');
    await dmLoad(name, table, kernel, readOnly);
    faultPoint('dm loaded');
    if (on) await mustStandOn(name, on, kernel);
    await dmResume(name, kernel);
  } catch (failure) {
    await call(kernel, command.remove, name, {}).catch(() => undefined);
    throw failure;
  }
  return nodeOf(reply);
}

async function mayOnlyName(
  name: string,
  table: DmTable,
  { on, kernel }: { readonly on: readonly string[]; readonly kernel: Kernel },
): Promise<void> {
  const foreign = await foreignIn(table, on, kernel);
  if (!foreign) return;
  throw new HostError(
    `the table of ${name} gives ${foreign.word} to the target ${foreign.target}, which may be a device outside of this stack`,
    'use {below} or the name of an earlier device: this target may write as soon as it is loaded',
  );
}

/** A table that a person wrote may name any device in many spellings: the kernel says which ones it has opened. */
async function mustStandOn(name: string, on: readonly string[], kernel: Kernel): Promise<void> {
  const reply = await call(kernel, command.deps, name, { flags: flag.queryInactive, room: 4096 });
  const start = reply.readUInt32LE(16);
  const known = on.map((node) => kernel.blockNumber(node));
  for (let i = 0; i < reply.readUInt32LE(start); i++) {
    const { major, minor } = numberOf(reply.readBigUInt64LE(start + 8 + 8 * i));
    if (known.includes(`${major}:${minor}`)) continue;
    throw new HostError(
      `the table of ${name} names the device ${major}:${minor}, which is not part of this stack`,
      'use {below} or the name of an earlier device',
    );
  }
}

/** Loads a table into the inactive slot. Nothing changes until `dmResume`. */
export async function dmLoad(name: string, table: DmTable, kernel: Kernel, readOnly = false): Promise<void> {
  const flags = readOnly ? flag.readOnly : 0;
  await call(kernel, command.load, name, { data: encodeTable(table), targets: table.length, flags, asksLog: true });
}

/**
 * Makes the loaded table the active one: the kernel waits for the I/O in flight, swaps and goes on, all in one
 * call (drivers/md/dm-ioctl.c, do_resume). Without a loaded table it ends a suspension.
 */
export async function dmResume(name: string, kernel: Kernel): Promise<void> {
  if (kernel.nativeFailure() !== undefined) return dmsetup('resume', name, kernel);
  await call(kernel, command.suspend, name, { flags: flag.skipLockfs, eventNr: udevFlags });
}

/** Drops a loaded table that was never made active. */
export async function dmClear(name: string, kernel: Kernel): Promise<void> {
  if (kernel.nativeFailure() !== undefined) return dmsetup('clear', name, kernel);
  await call(kernel, command.clear, name, {});
}

export async function dmRemove(name: string, kernel: Kernel): Promise<void> {
  if (kernel.nativeFailure() !== undefined) return dmsetup('remove', name, kernel);
  await call(kernel, command.remove, name, { eventNr: udevFlags });
}

/** The state of a device, or undefined where there is none of that name. */
export async function dmStatus(name: string, kernel: Kernel): Promise<DmStatus | undefined> {
  if (kernel.nativeFailure() !== undefined) return statusBySysfs(name, kernel);
  try {
    const reply = await call(kernel, command.status, name, {});
    return {
      node: nodeOf(reply),
      suspended: (reply.readUInt32LE(28) & flag.suspend) !== 0,
      uuid: text(reply, 176, 129),
    };
  } catch (failure) {
    const code = failure instanceof HostError ? errnoOf(failure.cause) : undefined;
    // Without device-mapper there is no device of its.
    if (code === 'ENXIO' || (code === 'ENOENT' && !(await kernel.exists('/sys/class/misc/device-mapper'))))
      return undefined;
    throw failure;
  }
}

/** Sends a message to the target at the start of a device, such as `create_thin 1` to a pool. */
export async function dmTargetMessage(name: string, message: string, kernel: Kernel): Promise<void> {
  const data = Buffer.concat([Buffer.alloc(8), Buffer.from(`${message}\0`)]);
  await call(kernel, command.message, name, { data, asksLog: true });
}

/** Sends a message to a device (not to a target) and gives the text of the answer. */
export async function dmMessage(name: string, message: string, kernel: Kernel): Promise<string> {
  const body = Buffer.from(`${message}\0`);
  const data = Buffer.concat([Buffer.alloc(8), body]);
  const reply = await call(kernel, command.message, name, { data, room: 16384 });
  if ((reply.readUInt32LE(28) & flag.bufferFull) !== 0)
    throw new HostError(`answer of ${name} to "${message}" is too long`);
  const start = reply.readUInt32LE(16);
  return text(reply, start, reply.length - start);
}

interface Request {
  readonly uuid?: string;
  readonly flags?: number;
  readonly eventNr?: number;
  readonly targets?: number;
  readonly data?: Buffer;
  readonly room?: number;
  /** What the kernel logs about a refusal is part of the error. */
  readonly asksLog?: true;
}

async function call(kernel: Kernel, number: number, name: string, request: Request): Promise<Buffer> {
  const data = request.data ?? Buffer.alloc(0);
  const buffer = Buffer.alloc(Math.max(headerBytes + data.length, request.room ?? 0, 512));
  buffer.writeUInt32LE(4, 0);
  buffer.writeUInt32LE(buffer.length, 12);
  buffer.writeUInt32LE(headerBytes, 16);
  buffer.writeUInt32LE(request.targets ?? 0, 20);
  buffer.writeUInt32LE(request.flags ?? 0, 28);
  buffer.writeUInt32LE(request.eventNr ?? 0, 32);
  buffer.write(name, 48, 127);
  if (request.uuid) buffer.write(request.uuid, 176, 128);
  data.copy(buffer, headerBytes);
  try {
    // Opened for each call: an open control node would keep the module from being unloaded.
    await kernel.control('/dev/mapper/control', ioctlNumber(number), buffer);
    return buffer;
  } catch (cause) {
    const verb = Object.entries(command).find(([, value]) => value === number)?.[0] ?? `${number}`;
    const said = request.asksLog ? await lastWords(kernel) : undefined;
    const { why, hint } = explainErrno(cause);
    const log = said === undefined ? '' : ` (kernel log: ${said})`;
    throw new HostError(`cannot ${verb} device-mapper device ${name}: ${why}${log}`, hint, { cause });
  }
}

// _IOWR(0xfd, number, struct dm_ioctl), as an unsigned number.
function ioctlNumber(number: number): number {
  return 3 * 2 ** 30 + headerBytes * 2 ** 16 + 0xfd * 2 ** 8 + number;
}

function encodeTable(table: DmTable): Buffer {
  return Buffer.concat(
    table.map((target) => {
      const params = Buffer.from(`${target.params}\0`);
      const length = Math.ceil((specBytes + params.length) / 8) * 8;
      const spec = Buffer.alloc(length);
      spec.writeBigUInt64LE(BigInt(target.start), 0);
      spec.writeBigUInt64LE(BigInt(target.length), 8);
      spec.writeUInt32LE(length, 20);
      spec.write(target.type, 24, 15);
      params.copy(spec, specBytes);
      return spec;
    }),
  );
}

// dev is encoded as the kernel's huge_encode_dev; our minors are far below 2^20.
function nodeOf(reply: Buffer): string {
  return `/dev/dm-${numberOf(reply.readBigUInt64LE(40)).minor}`;
}

function numberOf(dev: bigint): { major: number; minor: number } {
  return { major: Number((dev >> 8n) & 0xfffn), minor: Number((dev & 0xffn) | ((dev >> 12n) & 0xfff00n)) };
}

function text(buffer: Buffer, start: number, length: number): string {
  const end = buffer.indexOf(0, start);
  return buffer.toString('utf8', start, end < 0 || end > start + length ? start + length : end);
}
