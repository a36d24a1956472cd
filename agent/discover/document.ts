// The document of `discover`: the schema of its JSON, and the types of everything that makes or prints it.

import * as z from 'zod';
import { layers } from '../lib/layer.ts';
import { publishedSchema } from '../lib/published-schema.ts';

const parameter = z.strictObject({
  name: z.string(),
  value: z.string(),
  from: z.string().describe('the file or tool that it was read from'),
});

const limit = z.strictObject({
  inFlight: z.number().int().positive().describe('I/Os in flight that it lets through'),
  says: z.string().describe('how it comes about, such as 4 queues x 128'),
  from: z.string().describe('the file or tool that it was read from'),
  sharedIn: z.string().optional().describe('the adapter, controller or session whose disks share it'),
});

const device = z.strictObject({
  id: z.string().describe('name in the kernel, or of a thing that is no block device with its kind before it'),
  name: z.string().describe('as people know it'),
  kind: z.string(),
  layer: z.enum(layers),
  number: z.string().optional().describe('major:minor'),
  bytes: z.number().optional(),
  below: z.array(z.strictObject({ id: z.string(), role: z.string().optional() })).describe('what it stands on'),
  parameters: z.array(parameter),
  table: z.array(z.string()).optional().describe('lines of its device-mapper table; keys are zeros'),
  limit: limit.nullable().describe('null: it has none of its own, or none that can be read'),
  users: z.number().int().describe('guests, mounts and others that stand on it'),
  notes: z.array(z.string()),
});

const user = z.strictObject({
  id: z.string(),
  kind: z.enum(['qemu', 'xen', 'mount', 'swap', 'target', 'process', 'other']),
  name: z.string(),
  below: z.array(z.string()),
  parameters: z.array(parameter),
});

export const discoveredSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal('layerlift-discovered'),
  host: z.strictObject({ name: z.string(), kernel: z.string(), time: z.string() }),
  users: z.array(user),
  devices: z.array(device),
  missing: z.array(z.strictObject({ what: z.string(), why: z.string() })),
});

export type Parameter = z.output<typeof parameter>;
export type Limit = z.output<typeof limit>;
export type Device = z.output<typeof device>;
export type User = z.output<typeof user>;
export type Discovered = z.output<typeof discoveredSchema>;

/** Of what one thing stands on another. */
export type Below = Device['below'][number];

/** JSON Schema of the document, as it is published. */
export function discoveredJsonSchema(): z.core.JSONSchema.JSONSchema {
  return publishedSchema(discoveredSchema);
}

/** Parameters of the values that are there, all read in the same folder or from the same tool. */
export function parametersOf(from: string, values: Readonly<Record<string, unknown>>): Parameter[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = typeof value === 'string' || typeof value === 'number' ? `${value}` : JSON.stringify(value);
    return [{ name, value: text, from: from.startsWith('/') ? `${from}/${name}` : from }];
  });
}
