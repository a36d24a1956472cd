// Bad input and failing surroundings: one clear error, the right exit status, and an untouched host each time.

import { type LabCase, labCases, untilMeasuring } from '../../support/lab-cases.ts';

const head = 'version: 1\nname: refused\nworkload: { rw: randread }\n';
const quick = 'experiment: { settle: 200ms, measure: 500ms, budget: 30s }\n';
const model = 'stack: { media: { deployed: { provider: model, size: 256MiB, latency: 5ms } } }\n';
const device = (path: string): string =>
  `${head}guests: 2\nstack: { media: { deployed: { provider: device, device: ${path} } } }\n`;
const remote = (port: number): string =>
  `${head}guests: 1\nstack: { network: { deployed: { provider: nvme-tcp-remote, address: 127.0.0.1, port: ${port}, nqn: nqn.2014-08.org.example:disk, size: 64MiB } } }\n`;

const cases: readonly LabCase[] = [
  {
    name: 'five-mistakes',
    profile: `version: 2
name: Bad Name
guests: 65
workload: { rw: randread, iodepht: 4 }
stack: { media: { deployed: { provider: model, latency: 20 } } }
`,
    status: 65,
    says: [
      /:1:\d+: version/,
      /:2:\d+: name/,
      /:3:\d+: guests/,
      /:4:\d+: workload.iodepht: unknown setting/,
      /:5:\d+: .*latency/,
    ],
  },
  {
    name: 'unknown-provider',
    profile: `${head}guests: 1\nstack: { media: { deployed: { provider: flash } } }\n`,
    status: 65,
    says: ['unknown provider "flash"', 'model', 'device'],
  },
  {
    name: 'missing-module',
    profile: `${head}guests: 1\nstack: { ring: { deployed: { provider: vduse } } }\n`,
    status: 69,
    says: ['kernel module vduse is missing', '6.12'],
  },
  {
    name: 'not-on-xen',
    profile: `${head}guests: 1\nstack: { ring: { deployed: { provider: xen-vbd } } }\n`,
    status: 69,
    says: [/this is not domain 0 of Xen: it is a (KVM guest|virtual machine)/, 'scripts/lab --xen'],
  },
  {
    name: 'domains-not-on-xen',
    profile: `${head}guest: domU\nguests: 1\n${model.replace(' }\n', ', ring: { deployed: { provider: xen-domu } } }\n')}`,
    status: 69,
    says: [/this is not domain 0 of Xen: it is a (KVM guest|virtual machine)/, 'program xl is not installed'],
  },
  {
    name: 'missing-fio',
    before: 'mv /usr/bin/fio /usr/bin/fio.away',
    profile: `${head}guests: 1\n${model}`,
    after: 'mv /usr/bin/fio.away /usr/bin/fio',
    status: 69,
    says: ['program fio is not installed', 'apt-get install fio'],
  },
  {
    name: 'not-root',
    profile: `${head}guests: 1\n${model}`,
    run: 'setpriv --reuid=65534 --regid=65534 --clear-groups node agent/dist/main.js run',
    status: 77,
    says: ['root is needed'],
  },
  {
    name: 'table-names-another-device',
    before: 'grep -qx 254:0 /sys/block/vda/dev',
    profile: `${head}guests: 1
stack:
  media: { deployed: { provider: model, size: 64MiB } }
  blockstack: { deployed: { provider: dm, devices: [{ name: top, table: '0 {sectors} linear /dev/vda 0' }] } }
`,
    status: 69,
    says: ['names the device 254:0, which is not part of this stack'],
  },
  {
    name: 'table-would-format-another-device',
    profile: `${head}guests: 1
stack:
  media: { deployed: { provider: model, size: 64MiB } }
  blockstack: { deployed: { provider: dm, devices: [{ name: top, table: '0 65536 integrity /dev/vda 0 4 D 0' }] } }
`,
    after: 'cmp -n 1048576 /dev/vda /dev/zero && echo untouched',
    status: 69,
    says: [/gives \/dev\/vda to the target integrity, which may be a device outside of this stack/, 'use {below}'],
    prints: 'untouched',
  },
  {
    name: 'budget-too-short',
    profile: `${head}guests: 1\nexperiment: { budget: 10s }\n${model}`,
    status: 65,
    says: ['a budget of 10 s is too short', 'expected at least'],
  },
  {
    name: 'device-absent',
    profile: device('/dev/nothing'),
    status: 69,
    says: ['/dev/nothing', 'there is no such device'],
  },
  { name: 'not-a-device', profile: device('/dev/null'), status: 69, says: ['/dev/null is not a block device'] },
  {
    name: 'device-too-small',
    profile: device('/dev/vdb'),
    status: 69,
    says: ['too small for 2 guests', '20 MiB', '16 MiB'],
  },
  {
    name: 'writes-to-a-real-device',
    profile: `version: 1\nname: refused\nguests: 1\nworkload: { rw: randwrite }\nstack: { media: { deployed: { provider: device, device: /dev/vda } } }\n`,
    status: 65,
    says: ['it writes, but /dev/vda is used for reading only'],
  },
  { name: 'target-refuses', profile: remote(4999), status: 69, says: ['127.0.0.1:4999', 'ECONNREFUSED'] },
  {
    name: 'target-never-answers',
    before: `node -e "require('net').createServer(() => {}).listen(5000)" & silent=$!; sleep 2`,
    profile: remote(5000),
    after: 'kill $silent; wait $silent',
    status: 69,
    says: ['cannot connect to NVMe/TCP target 127.0.0.1:5000'],
  },
  {
    name: 'fio-dies',
    profile: `${head}guests: 2\n${quick}${model}`,
    meanwhile: `${untilMeasuring}; pkill -9 -x fio`,
    status: 30,
    says: [/fio of guest \d ended in mid-run by SIGKILL/],
  },
  {
    name: 'guest-out-of-memory',
    profile: `version: 1\nname: refused\nguests: { count: 2, memoryMax: 6MiB }\n${quick}${model}`,
    status: 30,
    says: [/guest \d was killed: it reached its memory.max of 6 MiB/, 'memoryMax'],
  },
  {
    name: 'run-folder-full',
    before: 'mkdir -p "$dir/runs" && mount -t tmpfs -o size=48k none "$dir/runs"',
    profile: `${head}guests: 2\n${quick}${model}`,
    after: 'umount "$dir/runs"',
    status: 74,
    says: ['ENOSPC', '--runs'],
  },
  {
    name: 'told-to-stop-from-outside',
    profile: `${head}guests: 1\n${quick}${model}`,
    args: "--stop-if 'test -e /tmp/stop'",
    meanwhile: `${untilMeasuring}; touch /tmp/stop`,
    status: 31,
    says: ['stopped as --stop-if asked for it: `test -e /tmp/stop` ended with 0'],
  },
];

labCases('refusals', cases, { disks: ['256M:scratch', '20M:tiny'] });
