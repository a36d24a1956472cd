// A virtual machine monitor's settings on the command line of qemu-storage-daemon (qemu-storage-daemon(1),
// qapi/block-core.json, qapi/block-export.json, qapi/qom.json). Pure.

import { aioOf, cacheOf, type RingSettings, type VmmSettings } from './vmm-settings.ts';

/** The nodes of the daemon beneath the ring, of which the last is exported. */
export interface Backend {
  readonly objects: readonly string[];
  readonly nodes: readonly string[];
  /** Of the node that is exported. */
  readonly node: string;
  readonly writethrough: boolean;
}

/** `image`: the file with the tables of a qcow2. */
export function diskBackend(settings: VmmSettings, { device, image }: { device: string; image: string }): Backend {
  const cache = cacheOf(settings);
  const flags = `cache.direct=${onOff(cache.direct)},cache.no-flush=${onOff(cache.noFlush)},discard=${settings.discard}`;
  const disk = `host_device,node-name=disk,filename=${quoted(device)},aio=${aioOf(settings)},${flags}`;
  // In memory: past a page cache it has nowhere to go.
  const tables = `file,node-name=tables,filename=${quoted(image)},aio=threads,cache.direct=off`;
  const format = [tables, `qcow2,node-name=image,file=tables,data-file=disk,${flags}`];
  const isQcow2 = settings.format === 'qcow2';
  const top = isQcow2 ? 'image' : 'disk';
  const limits = Object.entries(settings.throttle ?? {}).map(
    ([key, value]) => `limits.${throttleKeys[key] ?? key}=${value}`,
  );
  return {
    objects: limits.length > 0 ? [`throttle-group,id=limits,${limits.join(',')}`] : [],
    nodes: [
      disk,
      ...(isQcow2 ? format : []),
      ...(limits.length > 0 ? [`throttle,node-name=limited,throttle-group=limits,file=${top}`] : []),
    ],
    node: limits.length > 0 ? 'limited' : top,
    writethrough: cache.writethrough,
  };
}

const throttleKeys: Readonly<Record<string, string>> = {
  iops: 'iops-total',
  riops: 'iops-read',
  wiops: 'iops-write',
  bps: 'bps-total',
  rbps: 'bps-read',
  wbps: 'bps-write',
};

/** Every request completes after `latencyNs`, any number at once; nothing is kept. */
export function nullBackend({ latencyNs, bytes }: { latencyNs: number; bytes: number }): Backend {
  return {
    objects: [],
    nodes: [`null-co,node-name=disk,size=${bytes},latency-ns=${latencyNs}`],
    node: 'disk',
    writethrough: false,
  };
}

/** Arguments of the daemon for one ring. */
export function daemonArguments(
  name: string,
  ring: RingSettings & { readonly poolThreads?: number | undefined },
  { objects, nodes, node, writethrough }: Backend,
): readonly string[] {
  const hasThread = ring.iothreads > 0;
  const pool = ring.poolThreads === undefined ? '' : `,thread-pool-max=${ring.poolThreads}`;
  const loop = hasThread ? [`iothread,id=io${pool}`] : pool === '' ? [] : [`main-loop,id=main${pool}`];
  const of = (option: string, values: readonly string[]): readonly string[] => values.flatMap((one) => [option, one]);
  const queues = `num-queues=${ring.queues},queue-size=${ring.queueSize}`;
  return [
    ...of('--object', [...loop, ...objects]),
    ...of('--blockdev', nodes),
    ...of('--export', [
      `vduse-blk,id=ring,node-name=${node},name=${name},${queues},writable=on` +
        `${hasThread ? ',iothread=io' : ''}${writethrough ? ',writethrough=on' : ''}`,
    ]),
  ];
}

/**
 * A qcow2 whose data are in a file of their own, at the offsets that the guest gives them (docs/interop/qcow2.txt, "external data
 * file"). So who reads the disk past the image reads the same bytes, where all clusters are allocated, which `data_file_raw`
 * brings about. The data file that it names is a stand-in: the daemon is told another.
 */
export function imageArguments(
  { clusterSize, preallocation }: Pick<VmmSettings, 'clusterSize' | 'preallocation'>,
  { image, bytes }: { readonly image: string; readonly bytes: number },
): readonly string[] {
  const options = [
    `data_file=${quoted(`${image}.data`)}`,
    ...(preallocation === 'off' ? [] : ['data_file_raw=on', 'preallocation=metadata']),
    `cluster_size=${clusterSize ?? 65_536}`,
  ];
  return ['qemu-img', 'create', '-q', '-f', 'qcow2', '-o', options.join(','), image, `${bytes}`];
}

/** A comma ends a value; two of them are one (qemu(1), -drive). */
function quoted(value: string): string {
  return value.replaceAll(',', ',,');
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}
