// The document of `observe`: the schema of its JSON, and the types of everything that makes or prints it.

import * as z from 'zod';
import { layers } from '../lib/layer.ts';
import { publishedSchema } from '../lib/published-schema.ts';

const limit = z.strictObject({
  inFlight: z.number().int().positive().describe('I/Os in flight that it lets through'),
  says: z.string(),
  from: z.string().describe('where it was read'),
  sharedIn: z.string().optional().describe('the adapter, controller or session whose disks share it'),
});

const device = z.strictObject({
  id: z.string().describe('as in the JSON of discover'),
  name: z.string(),
  kind: z.string(),
  layer: z.enum(layers),
  users: z.array(z.string()).describe('names of the guests, mounts and others that stand on it'),
  countedAt: z
    .string()
    .nullable()
    .describe('the device whose counters these are: a ring is counted at what is below it'),
  iosPerSecond: z.number().describe('reads, writes, discards and flushes'),
  readShare: z.number().nullable().describe('of reads among reads and writes, 0 to 1'),
  bytesPerIo: z.number().nullable(),
  latencyNs: z.number().nullable().describe('mean from the allocation of the request to its end'),
  inFlight: z.number().nullable().describe("mean by Little's law, requests that wait for their driver among them"),
  withDriver: z
    .strictObject({ mean: z.number(), most: z.number().int(), looks: z.number().int() })
    .nullable()
    .describe('I/Os that the driver had, as seen at so many instants'),
  limit: limit.nullable(),
  fullShare: z.number().nullable().describe('of these instants, those at which its limit was reached, 0 to 1'),
});

const thread = z.strictObject({
  name: z.string(),
  what: z.string().describe('what it does'),
  process: z.string().nullable().describe('the process that it belongs to; null: the kernel'),
  serves: z.array(z.string()).describe('devices, as far as its name or process tells'),
  cpuPercent: z.number().describe('of one CPU'),
  readyPercent: z.number().describe('on a CPU or waiting for one'),
  alone: z.boolean().describe('its work cannot be spread over other threads'),
});

const throttle = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('io.max'),
    ...{ cgroup: z.string(), device: z.string(), key: z.string() },
    ...{ perSecond: z.number(), limit: z.number() },
  }),
  z.strictObject({
    kind: z.literal('cpu.max'),
    ...{ cgroup: z.string(), quota: z.string() },
    periodsShare: z.number().describe('of the periods, those in which it was stopped, 0 to 1'),
    stoppedShare: z.number().describe('of the time, summed over its CPUs'),
  }),
]);

const path = z.strictObject({
  address: z.string(),
  interface: z.string().nullable(),
  devices: z.array(z.string()).describe('what is reached by it'),
  sentPerSecond: z.number().nullable().describe('bytes, of the whole interface'),
  receivedPerSecond: z.number().nullable(),
  interfacePerSecond: z.number().nullable().describe('bytes that its speed lets through; null: not known'),
  shaper: z
    .strictObject({ kind: z.string(), perSecond: z.number().describe('bytes'), sentPerSecond: z.number() })
    .nullable()
    .describe('a queue of packets with a rate on this interface'),
  droppedPerSecond: z.number().nullable().describe('packets that the queue of this interface dropped'),
  sockets: z.number().int(),
  resentShare: z.number().nullable().describe('of segments, those that were sent again, 0 to 1'),
  rttNs: z.number().nullable().describe('of busy sockets; holds the CPUs of both ends'),
  leastRttNs: z.number().nullable(),
  windowShare: z.number().nullable().describe("of busy time, that in which the peer's window held it back, 0 to 1"),
});

/** What is full. `share`: of the instants at which it was looked at. */
const full = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('limit'),
    what: z.enum(['ring', 'tags', 'hardware-queue', 'lun', 'adapter', 'session', 'scheduler']),
    ...{ device: z.string(), limit: z.number().int(), says: z.string(), from: z.string() },
    share: z.number(),
    sharers: z.array(z.string()).describe('other devices that share this limit and did I/O'),
    perhaps: z.boolean().describe('others use the device at which it was counted'),
  }),
  z.strictObject({
    kind: z.literal('unseen'),
    ...{ device: z.string(), plateau: z.number().int(), waiting: z.number(), share: z.number() },
  }),
  z.strictObject({
    kind: z.literal('thread'),
    thread: z.string(),
    process: z.string().nullable(),
    readyPercent: z.number(),
  }),
  z.strictObject({
    kind: z.literal('io.max'),
    ...{ cgroup: z.string(), device: z.string(), key: z.string() },
    limit: z.number(),
  }),
  z.strictObject({
    kind: z.literal('cpu.max'),
    ...{ cgroup: z.string(), quota: z.string(), stoppedShare: z.number() },
  }),
  z.strictObject({
    kind: z.literal('network'),
    how: z.enum(['interface', 'shaper', 'resent', 'window', 'queued']),
    address: z.string(),
  }),
  z.strictObject({ kind: z.literal('cpu'), busyPercent: z.number() }),
  z.strictObject({ kind: z.literal('xen-ring'), vbd: z.string() }),
]);

const xenVbd = z.strictObject({
  vbd: z.looseObject({ name: z.string(), order: z.number(), rings: z.number() }),
  device: z.string().nullable(),
  sharing: z.number().int(),
  iosPerSecond: z.number().nullable(),
  outOfRequestsPerSecond: z.number().nullable(),
  inFlight: z.number().nullable(),
  latencyNs: z.number().nullable(),
});

export const observedSchema = z.strictObject({
  version: z.literal(2),
  kind: z.literal('layerlift-observed'),
  host: z.strictObject({ name: z.string(), kernel: z.string(), time: z.string() }),
  seconds: z.number(),
  says: z.string().describe('what looks full, or that nothing does'),
  full: z.array(full).describe('most telling first'),
  counted: z.number().int().describe('block devices whose counters could be read'),
  devices: z.array(device).describe('from the top down; without those that are idle and used by nobody'),
  threads: z.array(thread),
  throttles: z.array(throttle),
  paths: z.array(path),
  cpu: z.strictObject({ cpus: z.number().int(), busyPercent: z.number() }).nullable(),
  pressure: z
    .array(z.strictObject({ of: z.string(), resource: z.string(), somePercent: z.number() }))
    .describe('share of the time in which some task of the host or cgroup waited'),
  xen: z
    .strictObject({
      vbds: z.array(xenVbd),
      unconnected: z.array(z.strictObject({ name: z.string(), state: z.string().nullable() })),
      otherBackends: z.array(z.strictObject({ name: z.string(), disks: z.number() })),
    })
    .nullable()
    .describe('null: not domain 0 of Xen'),
  cost: z.strictObject({
    cpuPercent: z.number().describe('of one CPU, its programs among them, while it looked'),
    cpuMs: z.number(),
    beforeCpuMs: z.number().describe('to start, and to find what stands on this host'),
    looks: z.number().int(),
  }),
  missing: z.array(z.strictObject({ what: z.string(), why: z.string() })),
});

export type Observed = z.output<typeof observedSchema>;
export type ObservedDevice = z.output<typeof device>;
export type ObservedThread = z.output<typeof thread>;
export type ObservedThrottle = z.output<typeof throttle>;
export type ObservedPath = z.output<typeof path>;
export type Full = z.output<typeof full>;

/** JSON Schema of the document, as it is published. */
export function observedJsonSchema(): z.core.JSONSchema.JSONSchema {
  return publishedSchema(observedSchema);
}
