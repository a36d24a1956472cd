// What do four junctions and the cgroups cost the load? The same fio job on the bare device and through everything,
// in turns, so that drift cancels.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../agent/host/host.ts';
import { runCommand } from '../../agent/host/kernel/run-command.ts';
import { linearTable } from '../../agent/host/dm/table.ts';
import { raiseRootCgroup, startLoad } from '../../agent/load/drive.ts';
import { workBetween } from '../../agent/load/fio-output.ts';
import { inlineSections } from '../../agent/load/job.ts';
import { raiseNullBlk } from '../../agent/stack/media/null-blk-device.ts';
import { namesOf } from '../../agent/stack/names.ts';
import type { Lane } from '../../agent/stack/provider.ts';
import { median, onHost, print } from './figures.ts';

const sectors = 2 ** 21;
const rounds = 5;
const names = namesOf('be4c12', 'a'.repeat(32));
const sections = inlineSections({ rw: 'randread', bs: 4096, iodepth: 8, ioengine: 'libaio' });

await onHost('be4c12', measure);

async function measure(host: Host): Promise<void> {
  await raiseRootCgroup(host, names);
  await host.apply({ kind: 'module', name: 'dm_mod', why: 'junctions' });
  const slow = await ratioOn(host, 'slow', 20_000_000);
  print('through 4 junctions and cgroups / plain, 20 ms disk', `${slow.toFixed(3)} (aim: 0.98)`);
  const fast = await ratioOn(host, 'fast', 0);
  print('the same on a null_blk of no latency (CPU-bound)', fast.toFixed(3));
}

async function ratioOn(host: Host, part: string, latencyNs: number): Promise<number> {
  const geometry = { sectors, blockBytes: 512 };
  const site = { host, names, under: [], geometry, guests: 1, cpus: 2, writable: false };
  const [disk] = await raiseNullBlk(site, { part, latencyNs, depth: 1024, queues: 2, memory: false, why: 'the bench' });
  if (!disk) throw new Error('no disk');
  let top = disk;
  for (let i = 1; i <= 4; i++) {
    const device = await host.apply({
      kind: 'dm-create',
      ...names.dm(`${part}${i}`),
      table: linearTable(top.device, sectors),
      why: 'a junction',
    });
    top = { device, sectors };
  }
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // Which side goes first changes with each round.
    const sides = round % 2 === 0 ? ([disk, top] as const) : ([top, disk] as const);
    const found = new Map<Lane, number>();
    for (const side of sides) found.set(side, side === disk ? await plainIops(side) : await iops(host, side));
    ratios.push((found.get(top) ?? NaN) / (found.get(disk) ?? NaN));
  }
  return median(ratios);
}

/** fio as anybody would start it. */
async function plainIops({ device }: Lane): Promise<number> {
  const job = [
    '--name=plain',
    `--filename=${device}`,
    '--rw=randread',
    '--bs=4096',
    '--iodepth=8',
    '--ioengine=libaio',
  ];
  const times = ['--direct=1', '--thread', '--time_based', '--ramp_time=1', '--runtime=3'];
  const text = await runCommand(['fio', '--output-format=json', ...job, ...times]);
  const { jobs } = JSON.parse(text) as { jobs: { read: { iops: number } }[] };
  return jobs[0]?.read.iops ?? NaN;
}

async function iops(host: Host, lane: Lane): Promise<number> {
  return host.scope(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    const load = await startLoad(
      host,
      names,
      { guests: [{}], sections, seed: 1, runtimeS: 600 },
      { lanes: [lane], folder },
    );
    await host.sleep(1000);
    const [from] = await load.snapshots();
    await host.sleep(3000);
    const [to] = await load.snapshots();
    await load.stop();
    const work = from && to && workBetween(from, to);
    if (!work) throw new Error('fio did not report');
    return (work.ios * 1000) / work.elapsedMs;
  });
}
