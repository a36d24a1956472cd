import { describe, expect, it } from 'vitest';
import { renderStep, type Step } from '../../../agent/host/step.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { profileOf, raiseOnPaper, sections } from '../../support/dry-stack.ts';

const run = '/run/layerlift/abcdef';

async function ringSteps(ring: string): Promise<readonly string[]> {
  const { steps } = await raiseOnPaper({ stack: [`ring: ${ring}`], guests: 1 });
  const isOurs = ({ why, kind }: Step): boolean => kind !== 'dm-create' && /virtio|qcow2/.test(why);
  return steps.filter(isOurs).map((step) => renderStep(step).act.replaceAll(/\/dev\/mapper\/layerlift-abcdef-/g, ''));
}

/** The command line of the daemon of the form that is raised last. */
async function daemon(ring: string): Promise<string> {
  const line = (await ringSteps(ring)).findLast((step) => step.includes('qemu-storage-daemon')) ?? '';
  return line.replace(/ &.*/, '').replace(`env TMPDIR=${run} `, '');
}
const deployed = (settings: string): string => `{ deployed: { provider: vduse${settings} }, stub: none }`;
const exported = 'vduse-blk,id=ring,node-name';
const named = 'name=layerlift-abcdef-r1,num-queues=1,queue-size=256,writable=on';

describe('the ring of a monitor on paper', () => {
  it('is a daemon in a cgroup of its own, and a disk on what it serves', async () => {
    expect(await ringSteps(deployed(''))).toEqual([
      'modprobe vduse',
      'modprobe virtio_vdpa',
      'modprobe virtio_blk',
      'mkdir /sys/fs/cgroup/layerlift-abcdef/ring-r1',
      '# layerlift-abcdef-r1 will appear in /dev/vduse',
      `env TMPDIR=${run} qemu-storage-daemon --blockdev host_device,node-name=disk,filename=slice1,aio=native,cache.direct=on,cache.no-flush=off,discard=ignore --export ${exported}=disk,${named} &  # in /sys/fs/cgroup/layerlift-abcdef/ring-r1`,
      'vdpa dev add name layerlift-abcdef-r1 mgmtdev vduse',
    ]);
  });

  // As in the table of qemu(1), -drive cache=.
  it.each([
    ['none', 'aio=native,cache.direct=on,cache.no-flush=off', ''],
    ['directsync', 'aio=native,cache.direct=on,cache.no-flush=off', ',writethrough=on'],
    ['writeback', 'aio=threads,cache.direct=off,cache.no-flush=off', ''],
    ['writethrough', 'aio=threads,cache.direct=off,cache.no-flush=off', ',writethrough=on'],
    ['unsafe', 'aio=threads,cache.direct=off,cache.no-flush=on', ''],
  ])('cache: %s', async (cache, flags, flushes) => {
    expect(await daemon(deployed(`, cache: ${cache}`))).toBe(
      `qemu-storage-daemon --blockdev host_device,node-name=disk,filename=slice1,${flags},discard=ignore --export ${exported}=disk,${named}${flushes}`,
    );
  });

  it('has as much CPU time as is said', async () => {
    expect(await ringSteps(deployed(', cpuMax: 20000 100000'))).toContain(
      "echo '20000 100000' > /sys/fs/cgroup/layerlift-abcdef/ring-r1/cpu.max",
    );
  });

  it('has an I/O thread, a pool of threads, limits, discards', async () => {
    const settings =
      ', iothreads: 1, aio: threads, poolThreads: 8, discard: unmap, throttle: { iops: 500, rbps: 1MiB }';
    expect(await daemon(deployed(settings))).toBe(
      `qemu-storage-daemon --object iothread,id=io,thread-pool-max=8 --object throttle-group,id=limits,limits.iops-total=500,limits.bps-read=1048576 --blockdev host_device,node-name=disk,filename=slice1,aio=threads,cache.direct=on,cache.no-flush=off,discard=unmap --blockdev throttle,node-name=limited,throttle-group=limits,file=disk --export ${exported}=limited,${named},iothread=io`,
    );
    expect(await daemon(deployed(', aio: threads, poolThreads: 8'))).toMatch(
      / --object main-loop,id=main,thread-pool-max=8 /,
    );
  });

  it('a qcow2 has its data at their own place on the disk, and its tables in memory', async () => {
    const steps = await ringSteps(deployed(', format: qcow2, clusterSize: 4KiB'));
    expect(steps[3]).toBe(
      `qemu-img create -q -f qcow2 -o data_file=${run}/disk1.qcow2.data,data_file_raw=on,preallocation=metadata,cluster_size=4096 ${run}/disk1.qcow2 2147483648`,
    );
    expect(steps.at(-2)).toContain(
      `--blockdev file,node-name=tables,filename=${run}/disk1.qcow2,aio=threads,cache.direct=off --blockdev qcow2,node-name=image,file=tables,data-file=disk,cache.direct=on,cache.no-flush=off,discard=ignore --export ${exported}=image,`,
    );
    expect((await ringSteps(deployed(', format: qcow2, preallocation: off')))[3]).not.toMatch(/raw|preallocation/);
  });

  it.each([
    ['aio: native, cache: writeback', /aio: native needs a cache past the page cache/],
    ['aio: posix', /aio: expected native, threads or io_uring/],
    ['poolThreads: 8', /poolThreads: only `aio: threads`/],
    ['iothreads: 2', /iothreads/],
    ['cpuMax: 5 %', /cpuMax: expected `quota period`/],
    ['cache: off', /cache: expected one of none, writeback/],
    ['clusterSize: 64KiB', /clusterSize: only `format: qcow2`/],
    ['format: qcow2, clusterSize: 96KiB', /clusterSize: expected a power of two/],
    ['preallocation: off', /preallocation: only `format: qcow2`/],
    ['format: vmdk', /format: expected raw or qcow2/],
    ['throttle: {}', /throttle: expected at least one limit/],
    ['throttle: { iops: 5, riops: 5 }', /throttle.iops: .*exclude each other/],
    ['queueSize: 100', /queueSize: expected a power of two/],
  ])('refuses %s', (setting, words) => {
    const text = profileOf([`ring: { deployed: { provider: vduse, ${setting} } }`], 1);
    expect(() => decodeProfile(text, 'p.yaml')).toThrow(words);
  });
});

describe('the same ring over the null driver', () => {
  const ring = (settings: string, stub: string): string =>
    `{ deployed: { provider: vduse${settings} }, stub: { provider: vduse-null${stub} } }`;

  it('has the queues of the one that it stands for, where nothing else is said', async () => {
    const line = await daemon(ring(', queues: 4, queueSize: 16, iothreads: 1, aio: io_uring', ', queueSize: 32'));
    expect(line).toBe(
      'qemu-storage-daemon --object iothread,id=io --blockdev null-co,node-name=disk,size=2147483648,latency-ns=0 --export vduse-blk,id=ring,node-name=disk,name=layerlift-abcdef-n1,num-queues=4,queue-size=32,writable=on,iothread=io',
    );
  });

  it('takes as long as what the deployed ring then stands on', async () => {
    const { steps } = await raiseOnPaper({ stack: [`ring: ${ring('', ', latency: 20ms')}`], guests: 1 });
    const lines = steps.map((step) => renderStep(step).act);
    expect(lines).toContainEqual(expect.stringMatching(/^echo 20000000 > .*completion_nsec/));
    expect(lines).toContainEqual(expect.stringContaining('latency-ns=20000000'));
  });

  it.each([
    [
      [`ring: { deployed: { provider: tcm-loop }, stub: { provider: vduse-null } }`],
      /vduse-null stands for vduse alone/,
    ],
    [
      [sections.media, sections.blockstack, `ring: ${ring('', '')}`],
      /stack.media: I\/O ends in vduse-null, so media .*\n.*stack.blockstack: I\/O ends/,
    ],
  ])('is refused where it would stub more than the block layer of the monitor: %j', (stack, words) => {
    expect(() => decodeProfile(profileOf(stack, 1), 'p.yaml')).toThrow(words);
  });
});
