// A host under load on a real kernel: a delay of device-mapper that somebody else has made below a file system. Its twin has the
// delay, is held beside it, and leaves the host as it was, also if the run dies.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema } from '../../../agent/report/document/document.ts';
import { hostSideSchema } from '../../../agent/records/host-side.ts';
import { observedSchema } from '../../../agent/observe/document.ts';
import { inLab, kernelFaults, type LabResult } from '../../support/lab.ts';

/** Long beside what an emulated disk takes by itself, of which a busy machine makes more at one time than at another. */
const delayMs = 100;
const depth = 8;

const script = `
preload; modprobe -a dm_delay ext4 2>/dev/null
echo "0 131072 delay /dev/vda 0 ${delayMs}" | dmsetup create --noudevsync slow
mkdir -p /tmp/mnt; mke2fs -q -F -t ext4 /dev/dm-0; mount /dev/dm-0 /tmp/mnt
fio --name=guest --filename=/tmp/mnt/data --size=32M --rw=randread --bs=4k --ioengine=libaio --direct=1 \\
  --iodepth=${depth} --time_based --runtime=1h --create_on_open=0 >$LAB_OUT/fio 2>&1 &
busy() { read -r _ _ _ ms _ </sys/block/dm-0/stat; ((ms > 50000)); }
await 60 busy; inventory before
layerlift observe --for 10s --format json >$LAB_OUT/observed.json; echo $? >$LAB_OUT/observed.rc
layerlift run --from-host --yes --budget 90s --no-caps --runs $LAB_OUT/runs --format json >$LAB_OUT/report.json 2>$LAB_OUT/told
echo $? >$LAB_OUT/rc; inventory after
node agent/dist/main.js run --from-host /tmp/mnt -y --budget 90s --no-caps --runs $LAB_OUT/cut >/dev/null 2>$LAB_OUT/cut.err &
agent=$!
await 180 filled "$LAB_OUT/cut/*/slices.ndjson"
kill -9 $agent $(pgrep -f '[l]ayerlift-watchdog'); wait $agent 2>/dev/null
sleep 1; inventory dead
layerlift recover >$LAB_OUT/recover.said; echo $? >$LAB_OUT/recover.rc
inventory recovered
layerlift report $LAB_OUT/runs/* >$LAB_OUT/report.txt
same before after && same before recovered`;

describe('a twin of a host under load', () => {
  let lab: LabResult;
  beforeAll(async () => {
    lab = await inLab(script, { disks: ['64M:one'] });
  });
  afterAll(() => lab.dispose());
  const report = () => reportSchema.parse(JSON.parse(lab.file('report.json')));

  it('leaves the host as it was, also after a death and recover', () => {
    expect(lab.status, lab.stderr).toBe(0);
    expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
    expect(lab.file('dead')).not.toBe(lab.file('before'));
    expect(lab.file('recover.rc')).toBe('0\n');
    expect(lab.file('recovered')).not.toContain('layerlift');
  });

  it('has the delay of the host and the depth of its load, and names the layer', () => {
    expect(lab.file('told')).toMatch(new RegExp(`iodepth: ${depth} .*\\n[^]*delay .* ${delayMs}'`));
    expect(report().verdict).toMatchObject({ kind: 'lever', layer: 'blockstack' });
  });

  it('is held beside the host, and its verdict travels', () => {
    const { twin } = report();
    expect(twin, JSON.stringify(twin)).toMatchObject({ travels: 'yes', lost: [], apart: [] });
    const slow = twin?.layers.find(({ layer }) => layer === 'blockstack');
    for (const side of [slow?.ownNs.host, slow?.ownNs.twin]) {
      expect(side).toBeGreaterThan(0.9 * delayMs * 1e6);
      expect(side).toBeLessThan(1.5 * delayMs * 1e6);
    }
    const kept = hostSideSchema.parse(JSON.parse(lab.file(`${lab.runFolder('runs')}/host-side.json`)));
    expect(kept.meanwhile?.seconds).toBeGreaterThan(20);
  });

  it('was observed at the depth that it was driven with, at little cost', () => {
    expect(lab.file('observed.rc')).toBe('0\n');
    const seen = observedSchema.parse(JSON.parse(lab.file('observed.json')));
    const slow = seen.devices.find(({ id }) => id === 'dm-0');
    expect(slow?.inFlight).toBeGreaterThan(0.8 * depth);
    expect(slow?.inFlight).toBeLessThan(1.2 * depth);
    expect((slow?.latencyNs ?? 0) / 1e6).toBeGreaterThan(0.9 * delayMs);
  });
});
