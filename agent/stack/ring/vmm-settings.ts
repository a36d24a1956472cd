// A virtual machine monitor's settings for a disk, as people tune them; the words are QEMU's.

import * as z from 'zod';
import { bytes, cpuMax, wholeNumber } from '../../profile/settings.ts';

/** Settings of the ring itself: the same over any driver beneath it. */
export const ringSettings = {
  queues: wholeNumber(1, 16).default(1).describe('rings of each guest'),
  queueSize: wholeNumber(4, 1024)
    .refine((size) => Number.isInteger(Math.log2(size)), 'expected a power of two from 4 to 1024')
    .default(256)
    .meta({ description: 'entries of each ring', values: 'a power of two, 4 to 1024' }),
  iothreads: wholeNumber(0, 1)
    .default(0)
    .describe("I/O threads of each guest's daemon; 0: its main thread does the I/O"),
  cpuMax: cpuMax("each guest's daemon").optional(),
};

const cacheModes = ['none', 'writeback', 'writethrough', 'directsync', 'unsafe'] as const;
type CacheMode = (typeof cacheModes)[number];

interface Cache {
  /** O_DIRECT: past the page cache of the host. */
  readonly direct: boolean;
  /** Flushes of the guest are dropped. */
  readonly noFlush: boolean;
  /** A flush after each write. */
  readonly writethrough: boolean;
}

const engines = ['native', 'threads', 'io_uring'] as const;
type Aio = (typeof engines)[number];

/** As in the table of qemu(1), -drive cache=. */
const caches: Readonly<Record<CacheMode, Cache>> = {
  none: { direct: true, noFlush: false, writethrough: false },
  writeback: { direct: false, noFlush: false, writethrough: false },
  writethrough: { direct: false, noFlush: false, writethrough: true },
  directsync: { direct: true, noFlush: false, writethrough: true },
  unsafe: { direct: false, noFlush: true, writethrough: false },
};

export function isBuffered({ cache }: { readonly cache: CacheMode }): boolean {
  return !caches[cache].direct;
}

export function cacheOf({ cache }: { readonly cache: CacheMode }): Cache {
  return caches[cache];
}

/** Requests that the pool of threads has at work, where nobody says otherwise (include/block/aio.h, qapi/qom.json). */
export const poolThreadsDefault = 64;

const rate = (what: string): z.ZodOptional<z.ZodNumber> => wholeNumber(1, 1e9).optional().describe(what);
const volume = (what: string) => bytes({ min: 1 }).optional().describe(what);

const throttle = z
  .strictObject({
    iops: rate('I/Os a second'),
    riops: rate('reads a second'),
    wiops: rate('writes a second'),
    bps: volume('bytes a second'),
    rbps: volume('bytes read a second'),
    wbps: volume('bytes written a second'),
  })
  .refine((limits) => Object.keys(limits).length > 0, { error: 'expected at least one limit, such as iops: 500' })
  .refine(({ iops, riops, wiops }) => iops === undefined || (riops === undefined && wiops === undefined), {
    path: ['iops'],
    error: 'iops and one of riops, wiops exclude each other: QEMU takes a total, or one for each direction',
  })
  .refine(({ bps, rbps, wbps }) => bps === undefined || (rbps === undefined && wbps === undefined), {
    path: ['bps'],
    error: 'bps and one of rbps, wbps exclude each other: QEMU takes a total, or one for each direction',
  });

const least = { cluster: 512, mostCluster: 2 ** 21 };

export const vmmSettings = z
  .strictObject({
    ...ringSettings,
    aio: z.enum(engines, { error: 'expected native, threads or io_uring' }).optional().meta({
      description: 'how the daemon asks the kernel; else `native`, or `threads` over the page cache',
      values: '`native`, `threads` or `io_uring`',
    }),
    poolThreads: wholeNumber(1, 1024)
      .optional()
      .describe(`with \`aio: threads\`: I/Os that each daemon has at work; else ${poolThreadsDefault}`),
    cache: z
      .enum(cacheModes, { error: `expected one of ${cacheModes.join(', ')}` })
      .default('none')
      .describe("QEMU's modes; all but `none` and `directsync` use the page cache of the host"),
    discard: z
      .enum(['ignore', 'unmap'], { error: 'expected ignore or unmap' })
      .default('ignore')
      .describe('whether discards of the guest are passed on'),
    format: z
      .enum(['raw', 'qcow2'], { error: 'expected raw or qcow2' })
      .default('raw')
      .describe('`qcow2`: the data at their own place on the disk, the tables in memory'),
    clusterSize: bytes({ min: least.cluster, max: least.mostCluster })
      .refine((size) => Number.isInteger(Math.log2(size)), { error: 'expected a power of two from 512B to 2MiB' })
      .optional()
      .meta({
        description: 'with `format: qcow2`: size of a cluster; else 64KiB',
        values: 'a power of two, 512B to 2MiB',
      }),
    preallocation: z.enum(['metadata', 'off'], { error: 'expected metadata or off' }).optional().meta({
      description: 'with `format: qcow2`; `off` allocates as it writes, and needs `stub: none`',
      values: '`metadata` or `off`',
    }),
    throttle: throttle.optional().describe('limits of each guest in the daemon (throttle-group)'),
  })
  .refine(({ aio, cache }) => aio !== 'native' || caches[cache].direct, {
    path: ['aio'],
    error:
      'native needs a cache past the page cache of the host: set `cache: none` or `cache: directsync`, or `aio: threads`',
  })
  .refine(({ poolThreads, aio, cache }) => poolThreads === undefined || aioOf({ aio, cache }) === 'threads', {
    path: ['poolThreads'],
    error: 'only `aio: threads` has a pool of threads',
  })
  .refine(({ clusterSize, format }) => clusterSize === undefined || format === 'qcow2', {
    path: ['clusterSize'],
    error: 'only `format: qcow2` has clusters',
  })
  .refine(({ preallocation, format }) => preallocation === undefined || format === 'qcow2', {
    path: ['preallocation'],
    error: 'only `format: qcow2` has tables to fill ahead',
  });
export type VmmSettings = z.output<typeof vmmSettings>;
export type RingSettings = Pick<VmmSettings, 'queues' | 'queueSize' | 'iothreads'>;

export function aioOf({ aio, cache }: { readonly aio?: Aio | undefined; readonly cache: CacheMode }): Aio {
  return aio ?? (caches[cache].direct ? 'native' : 'threads');
}

export function usesIoUring(settings: VmmSettings): boolean {
  return aioOf(settings) === 'io_uring';
}
