// What a run leaves on disk and what it reads on a host, as texts, so that each may be damaged.

import { defaultNeighboursDesign } from '../../agent/analysis/neighbours/design.ts';
import type { RunTexts } from '../../agent/records/read-folder.ts';
import type { JournalRecord } from '../../agent/host/journal/journal.ts';
import type { Step } from '../../agent/host/step.ts';
import type { Layer } from '../../agent/lib/layer.ts';
import { planOf, slicesOf } from './documents.ts';
import { shared, simulateNeighbours } from './neighbours-simulator.ts';
import { capsDesign, simulateCaps } from './caps-simulator.ts';

const layers: readonly Layer[] = ['media', 'network', 'ring'];
const design = capsDesign({ layers: ['network', 'ring'], guests: 2, budgetPoints: 30 });
const simulation = { noise: 'drifting', cv: 0.02, seed: 1 } as const;
const neighbours = defaultNeighboursDesign(2, { budgetSlices: 20 });
const knob = {
  ...{ id: 'tcm-loop.can_queue', layer: 'ring', name: 'can_queue', where: '/sys/class/scsi_host/host0/can_queue' },
  ...{ value: '64', defaultValue: '1024', atDefault: false, limit: 64, scope: 'host', change: 'echo N >can_queue' },
};

const slices = slicesOf({
  ...{ layers, wobble: 0.01, blocks: 2 },
  goodput: (stubbed) => (stubbed.includes('ring') ? 4000 : 1000),
});
const bins = Array.from({ length: 25 }, (_, i) => i);

/** All files of a run, indented so that a line has one value. */
export const goodRun: Required<RunTexts> = {
  plan: JSON.stringify(planOf(layers, 20), null, 1),
  host: JSON.stringify(
    {
      ...{ version: 1, run: 'abcdef', tool: '0.1.0', startedAt: '2026-01-02T03:04:05.678Z', caveats: ['a doubt'] },
      host: { kernel: 'Linux 6.1', cpus: { count: 2 } },
    },
    null,
    1,
  ),
  slices: asLines(slices),
  recheck: asLines(slices.slice(0, 4)),
  pilot: JSON.stringify(
    {
      ...{ version: 1, spentMs: 12_000 },
      legs: layers.flatMap((layer) =>
        (['stub', 'deployed'] as const).map((to) => ({
          ...{ layer, to, switchMs: 40 },
          completions: { atMs: bins.map((i) => 100 * i), ios: bins.map((i) => 150 * i) },
        })),
      ),
    },
    null,
    1,
  ),
  caps: JSON.stringify(
    {
      ...{ version: 1, design, knobs: [knob], depths: [8, 8] },
      observations: simulateCaps({ host: { truth: {} }, design, ...simulation }).observations,
    },
    null,
    1,
  ),
  neighbours: JSON.stringify(
    {
      ...{ version: 1, design: neighbours },
      observations: simulateNeighbours({ host: shared, design: neighbours, ...simulation }).observations,
    },
    null,
    1,
  ),
  hostSide: JSON.stringify(
    {
      ...{ version: 1, host: 'prod7', lost: [], notCloned: ['media: tails'], says: 'nothing looks full' },
      before: { seconds: 10, busyPercent: 12, layers: [sideOf('media', 100_000)] },
      meanwhile: { seconds: 60, busyPercent: 40, layers: [sideOf('media', 100_000), sideOf('network', 4_100_000)] },
    },
    null,
    1,
  ),
};

function sideOf(layer: Layer, latencyNs: number) {
  return { layer, latencyNs, iosPerSecond: 1000, inFlight: latencyNs / 1e6, limit: 64, others: [] };
}

function asLines(records: readonly unknown[]): string {
  return records.map((record) => JSON.stringify(record)).join('\n');
}

const steps: readonly Step[] = [
  { kind: 'module', name: 'null_blk', params: { nr_devices: '0' }, why: 'a disk' },
  { kind: 'mkdir', path: '/sys/kernel/config/nullb/layerlift-abcdef-disk', why: 'a disk' },
  { kind: 'write', path: '/sys/kernel/config/nullb/x/power', value: '1', restore: { value: '0' }, why: 'on' },
  {
    ...{ kind: 'dm-create', name: 'layerlift-abcdef-J-media', uuid: 'LAYERLIFT-abcdef-J-media', why: 'a junction' },
    table: [{ start: 0, length: 8, type: 'linear', params: '/dev/nullb0 0' }],
  },
  {
    kind: 'exec',
    argv: ['ip', 'link', 'add', 'x'],
    undo: ['ip', 'link', 'del', 'x'],
    witness: { path: '/x' },
    why: '',
  },
  { kind: 'spawn', name: 'fio', argv: ['fio', 'a.fio'], cgroup: '/sys/fs/cgroup/layerlift-abcdef/g1', why: 'load' },
];

const records: readonly JournalRecord[] = [
  {
    ...{ type: 'header', version: 1, run: 'abcdef', bootId: '11111111-2222', pid: 12 },
    startedAt: '2026-01-02T03:04:05.678Z',
  },
  ...steps.flatMap((step, seq): readonly JournalRecord[] => [
    { type: 'intent', seq, step, prior: '' },
    { type: 'done', seq },
  ]),
  { type: 'undoing', seq: 5 },
  { type: 'undone', seq: 5 },
  { type: 'stuck', seq: 4, reason: 'busy' },
];

/** A journal of a run that was cut off while it unwound. */
export const goodJournal = records.map((record) => `${JSON.stringify(record)}\n`).join('');

/** What the device guard reads, one of each. */
export const goodHostTexts = [
  '36 35 98:0 / /mnt/my\\040disk rw,noatime shared:1 - ext3 /dev/root rw\n9 1 0:44 / /pool rw - btrfs /dev/sdb1 rw\n',
  'Filename\tType\tSize\tUsed\tPriority\n/dev/sdb1   partition\t1000\t0\t-2\n',
  'md127 : inactive sdb1[0](S) sdc1[1]\n      1000 blocks\n',
  '1: OFDLCK ADVISORY  READ -1 00:05:345 100 101\n2: -> FLOCK  ADVISORY  WRITE 9 00:05:345 0 EOF\n',
  '/local/domain/0/backend/qdisk/4/51712/params = "aio:/dev/x"   (n0,r4)\n',
  'Status: ACTIVATED\n  TCM FILEIO ID: 0        File: /dev/x  Size: 1048576  Mode: O_DSYNC\n',
  '{\n"signatures": [\n{"device":"sdb", "offset":"0x1fe", "type":"dos", "uuid":null, "label":null}\n]\n}\n',
  ' 10 0 8 1 20 0 8 1 0 1 1 3 0 0 0 4 0\n',
];
