// What guests wrote, told in three independent ways: by their devices' counters, by their cgroups' (io.stat), and by the
// blocks that lie on the media, each of which carries fio's header with the place it was written to.

import { open } from 'node:fs/promises';
import type { Host } from '../../agent/host/host.ts';
import { waitFor } from '../../agent/host/kernel/wait.ts';
import type { Role } from '../../agent/lib/layer.ts';
import { sum } from '../../agent/lib/numbers.ts';
import { sectorBytes } from '../../agent/lib/units.ts';
import type { Stack } from '../../agent/stack/raise.ts';

export interface Written {
  /** Indices of the guests that wrote to each medium. */
  readonly owners: Readonly<Record<Role, readonly number[]>>;
  /** Writes completed by each guest's device, a block each. */
  readonly byDevice: readonly number[];
  /** Blocks that the kernel has put down to each guest's cgroup, on that device. */
  readonly byCgroup: readonly number[];
  /** Of dm devices that stand still. */
  readonly suspended: number;
  readonly media: Readonly<Record<Role, string>>;
  readonly sliceSectors: number;
}

export interface Finding {
  readonly what: string;
  readonly figure: string;
  readonly isWrong: boolean;
  /** That are missing, or lie where nobody wrote them. */
  readonly blocks: number;
}

/** fio's verify.h: FIO_HDR_MAGIC, and in struct verify_header its length at byte 4 and the offset in the file at 16. */
const header = { magic: 0xacca, length: 4, offset: 16 } as const;
const pieceBytes = 2 ** 20;
const patienceMs = 60_000;

export async function taken(
  host: Host,
  { stack, cgroup, owners }: { stack: Stack; cgroup: string; owners: Written['owners'] },
): Promise<Written> {
  const counters = await Promise.all(
    stack.lanes.map(async ({ device }, i) => {
      const folder = `/sys/block/${device.replace('/dev/', '')}`;
      const number = ((await host.read(`${folder}/dev`)) ?? '').trim();
      const stat = ((await host.read(`${folder}/stat`)) ?? '').trim().split(/\s+/).map(Number);
      const ofCgroup = (await host.read(`${cgroup}/guests/g${i + 1}/io.stat`)) ?? '';
      // Not its I/Os: one that a swap held up is counted again when it goes on (blk_cgroup_bio_start).
      const bytes = new RegExp(`^${number} .*\\bwbytes=(\\d+)`, 'm').exec(ofCgroup)?.[1];
      return { device: stat[4] ?? 0, cgroup: Number(bytes ?? 0) / sectorBytes };
    }),
  );
  const media = stack.junctions.find(({ layer }) => layer === 'media')?.lanes;
  if (!media) throw new Error('no junction above the media');
  return {
    owners,
    byDevice: counters.map(({ device }) => device),
    byCgroup: counters.map((one) => one.cgroup),
    suspended: await countSuspended(host),
    media: { deployed: media.deployed.device, stub: media.stub.device },
    sliceSectors: stack.lanes[0]?.sectors ?? 0,
  };
}

export async function findingsOf(written: Written): Promise<readonly Finding[]> {
  const { byDevice, byCgroup, owners, media, sliceSectors } = written;
  // A block that is written twice could hide a lost one beneath an older one.
  const fullest = Math.max(...byDevice) / sliceSectors;
  if (fullest >= 1) throw new Error('a guest has written its slice through: give the media more room');
  const out: Finding[] = [];
  for (const role of ['deployed', 'stub'] as const) {
    for (const [i, took] of byDevice.entries()) {
      const found = await blocksOn(media[role], { from: i * sliceSectors, sectors: sliceSectors });
      const due = owners[role].includes(i) ? took : 0;
      const isWrong =
        found.intact !== due || found.strange > 0 || (took === 0 && due === 0 && owners[role].includes(i));
      const strange = found.strange > 0 ? `, ${found.strange} that nobody wrote there` : '';
      const what = `${role} medium, guest ${i + 1}: blocks taken / found in place`;
      out.push({
        what,
        figure: `${due} / ${found.intact}${strange}`,
        isWrong,
        blocks: Math.abs(due - found.intact) + found.strange,
      });
    }
  }
  const [all, put] = [sum(byDevice), sum(byCgroup)];
  out.push({
    what: 'writes taken / put down to the guests by cgroup',
    figure: `${all} / ${put}`,
    isWrong: all !== put,
    blocks: 0,
  });
  const { suspended } = written;
  out.push({ what: 'devices left suspended', figure: `${suspended}`, isWrong: suspended > 0, blocks: 0 });
  return out;
}

/** Waits until each of the guests' devices has completed an I/O; `some`: their indices, all where left out. */
export async function mustFlow(host: Host, { lanes }: Stack, some = lanes.map((_, i) => i)): Promise<void> {
  for (const i of some) {
    const stat = `/sys/block/${lanes[i]?.device.replace('/dev/', '') ?? ''}/stat`;
    const count = async (): Promise<string> => {
      const fields = ((await host.read(stat)) ?? '').trim().split(/\s+/);
      return `${fields[0] ?? ''} ${fields[4] ?? ''}`;
    };
    const before = await count();
    const what = `an I/O of guest ${i + 1}`;
    await waitFor(what, patienceMs, async () => ((await count()) === before ? undefined : true));
  }
}

async function countSuspended(host: Host): Promise<number> {
  const names = (await host.list('/sys/block')).filter((name) => name.startsWith('dm-'));
  const states = await Promise.all(names.map((name) => host.read(`/sys/block/${name}/dm/suspended`)));
  return states.filter((state) => state?.trim() === '1').length;
}

/** `strange`: blocks with something in them that is not a block of fio's, of that size, written to that very place. */
async function blocksOn(
  device: string,
  slice: { from: number; sectors: number },
): Promise<{ intact: number; strange: number }> {
  const file = await open(device, 'r');
  const piece = Buffer.alloc(pieceBytes);
  const nothing = Buffer.alloc(sectorBytes);
  const bytes = slice.sectors * sectorBytes;
  let [intact, strange] = [0, 0];
  try {
    for (let at = 0; at < bytes; at += pieceBytes) {
      const { bytesRead } = await file.read(piece, 0, pieceBytes, slice.from * sectorBytes + at);
      if (bytesRead !== pieceBytes) throw new Error(`${device} ends early`);
      for (let block = 0; block < pieceBytes; block += sectorBytes) {
        const isRight =
          piece.readUInt16LE(block) === header.magic &&
          piece.readUInt32LE(block + header.length) === sectorBytes &&
          piece.readBigUInt64LE(block + header.offset) === BigInt(at + block);
        if (isRight) intact++;
        else if (piece.compare(nothing, 0, sectorBytes, block, block + sectorBytes) !== 0) strange++;
      }
    }
  } finally {
    await file.close();
  }
  return { intact, strange };
}
