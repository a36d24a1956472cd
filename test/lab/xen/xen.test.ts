// Xen's own ring in domain 0: what is refused, what is seen of it, what is left behind. How long an attach takes: attach.test.ts.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inLab, kernelFaults, type LabResult } from '../../support/lab.ts';
import { expectCase, type LabCase, scriptsOf } from '../../support/lab-cases.ts';

const ring = (settings: string, guests = 1): string =>
  `version: 1
name: refused
guests: ${guests}
workload: { rw: randread }
stack: { media: { deployed: { provider: model, size: 2GiB } }, ring: { deployed: { provider: xen-vbd${settings} } } }
`;
const domains = (settings = '', guests = 1): string =>
  ring('', guests).replace('workload', 'guest: domU\nworkload').replace('xen-vbd', `xen-domu${settings}`);
const unload = 'rmmod xen_blkfront xen_blkback 2>/dev/null; true';

const refusals: readonly LabCase[] = [
  {
    name: 'disk-of-a-domain',
    before: `modprobe -a xen_blkback xen_blkfront
xl block-attach 0 format=raw,vdev=xvdp,access=ro,target=/dev/vda
await 5 test -e /sys/block/xvdp`,
    profile: `version: 1\nname: used\nguests: 1\nworkload: { rw: randread }\nstack: { media: { deployed: { provider: device, device: /dev/vda } } }\n`,
    after: `cat /sys/block/xvdp/size; xl block-detach 0 xvdp; sleep 1; ${unload}`,
    status: 69,
    says: [
      '/dev/vda is in use: Xen domain 0 has vda as its disk (vbd-0-51952)',
      '/dev/vda is in use: xenstore gives vda to Xen domain 0',
    ],
    prints: '65536',
  },
  {
    name: 'no-free-name',
    // The name that is taken comes after more others than one answer of xenstored holds (4 KiB).
    before: "xenstore-write $(printf '/local/domain/0/device/vbd/%s/state 6 ' $(seq 100000 100799) 51952)",
    profile: ring('', 26),
    after: 'xenstore-rm /local/domain/0/device',
    status: 69,
    says: ['26 guests need as many free disk names of xvda to xvdz, and 25 are free', 'xl block-list 0'],
  },
  {
    name: 'never-connects',
    before: 'modprobe xen_blkback && echo 0 >/sys/bus/xen-backend/drivers_autoprobe',
    profile: ring(''),
    after: `echo 1 >/sys/bus/xen-backend/drivers_autoprobe; ${unload}`,
    status: 69,
    says: [/the Xen vbd xvdp on \/dev\/dm-\d+ does not connect: .* is in state 1 after 10 s/, 'dmesg'],
  },
  {
    name: 'order-above-the-backend',
    before: 'modprobe xen_blkback max_ring_page_order=1',
    profile: ring(', ringPageOrder: 2'),
    after: unload,
    status: 69,
    says: ['ringPageOrder 2 is above what the backend offers: xen_blkback max_ring_page_order is 1', 'expected 0 to 1'],
  },
  {
    name: 'order-fixed-at-load',
    before: 'modprobe xen_blkfront',
    profile: ring(', ringPageOrder: 2'),
    after: unload,
    status: 69,
    says: ['xen_blkfront is loaded with max_ring_page_order 0', 'it is fixed at load'],
  },
  {
    name: 'more-queues-than-cpus',
    profile: ring(', queues: 16'),
    status: 69,
    says: ['queues 16: domain 0 has 2 CPUs', 'expected 1 to 2'],
  },
  {
    name: 'domains-without-xl',
    before: 'xl=$(command -v xl); mv "$xl" "$xl.away"',
    profile: domains(),
    after: 'mv "$xl.away" "$xl"; hash -r',
    status: 69,
    says: ['program xl is not installed', 'apt-get install xen-utils'],
  },
  {
    name: 'domains-without-memory',
    profile: domains(', memory: 64GiB', 2),
    status: 69,
    says: [/2 domains of 64 GiB need 128(\.\d+)? GiB, and Xen has \S+ .iB free/, 'dom0_mem', '`memory` of xen-domu'],
  },
  {
    name: 'domains-without-a-kernel',
    before: 'mount -t tmpfs none /boot',
    profile: domains(),
    after: 'umount /boot',
    status: 69,
    says: [/there is no image of the running kernel: neither \/boot\/vmlinux-\S+ nor/, 'apt-get install linux-image-'],
  },
  {
    name: 'domains-order-above-the-backend',
    before: 'modprobe xen_blkback max_ring_page_order=1',
    profile: domains(', ringPageOrder: 2'),
    after: unload,
    status: 69,
    says: ['ringPageOrder 2 is above what the backend offers: xen_blkback max_ring_page_order is 1', 'expected 0 to 1'],
  },
  {
    name: 'domains-without-xenstored',
    before: 'mv /run/xenstored/socket /run/xenstored/away',
    profile: domains(),
    after: 'mv /run/xenstored/away /run/xenstored/socket',
    status: 69,
    says: ['cannot reach xenstored at /run/xenstored/socket: ENOENT', 'service xen start'],
  },
  {
    name: 'domains-without-xenconsoled',
    before: 'kill "$(pidof xenconsoled)"; while pidof xenconsoled; do sleep 0.1; done',
    profile: domains(),
    after: '/usr/lib/xen-4.17/bin/xenconsoled',
    status: 69,
    says: ['xenconsoled does not run, and a domain without a console cannot be created', 'service xen start'],
  },
];

describe('in domain 0 of Xen', () => {
  let lab: LabResult;
  beforeAll(async () => {
    lab = await inLab(
      `${scriptsOf(refusals)}
layerlift doctor >"$LAB_OUT/doctor"
inventory before
node agent/dist/main.js run test/fixtures/profiles/xen-rings.yaml --runs "$LAB_OUT/runs" >"$LAB_OUT/out" 2>"$LAB_OUT/err" &
agent=$!
full() { for name in p q r s; do [ "$(awk '{ print $1 + $2 }' /sys/block/xvd$name/inflight)" -ge 32 ] || return; done; }
await 150 full
layerlift knobs --layer ring --format json >"$LAB_OUT/knobs.json"
layerlift observe --for 15s >"$LAB_OUT/observed" 2>&1
kill -9 $agent $(pgrep -f '[l]ayerlift-watchdog'); wait 2>/dev/null
sleep 1; inventory dead
layerlift recover >"$LAB_OUT/recovered"; echo $? >"$LAB_OUT/recover.rc"
inventory after
same before after`,
      { xen: true, disks: ['32M:scratch'] },
    );
  });
  afterAll(() => lab.dispose());

  test.each(refusals)('$name: exit $status, a clear error, an untouched host', (one) => {
    expectCase(lab, one);
  });

  test('doctor tells it, and what it offers', () => {
    expect(lab.file('doctor')).toMatch(/this host is domain 0 of Xen 4\.17/);
    expect(lab.file('doctor')).toMatch(/ok +disk names: 26 of 26/);
    expect(lab.file('doctor')).toMatch(/ok +grants: 64 frames/);
    expect(lab.file('doctor')).toMatch(/ok +ring xen-vbd/);
  });

  test('kill -9 with vbds attached leaves them, and recover takes them away with their keys and grants', () => {
    expect(lab.status, lab.stderr).toBe(0);
    expect(lab.file('dead')).toMatch(/xenstore \/local\/domain\/0\/backend\/vbd\/0\/51952\/layerlift = "layerlift-/);
    expect(lab.file('dead')).toMatch(/block xvdp /);
    expect(lab.file('recover.rc').trim()).toBe('0');
    expect(lab.file('recovered')).toMatch(/steps undone, the host is as it was/);
    expect(lab.file('after')).toMatch(/^grants 0$/m);
    expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  });

  test('the knobs are those that both ends agreed on, and observe names the rings that are full', () => {
    const { knobs } = JSON.parse(lab.file('knobs.json')) as { knobs: readonly Record<string, unknown>[] };
    expect(knobs).toContainEqual(
      expect.objectContaining({
        id: 'xen.order',
        device: 'xvdp',
        value: '0',
        defaultValue: '0',
        limit: 32,
        atDefault: true,
      }),
    );
    expect(lab.file('observed')).toMatch(/xvdp looks capped by its ring: .* of at most 32; .*max_ring_page_order=4/);
  });
});
