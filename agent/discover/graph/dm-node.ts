// A device-mapper device as a node. The table is the whole truth; where it could not be read, sysfs still tells what is below.

import type { BlockDevice } from '../decode/block.ts';
import { ownerOf, type Segment } from '../decode/dm.ts';
import { type Below, type Parameter, parametersOf } from '../document.ts';
import { belowOf, type Context } from './context.ts';
import { queueLimit } from './limits.ts';
import type { Parts } from './parts.ts';

const from = 'dmsetup table';

export function dmParts(context: Context, block: BlockDevice): Parts {
  const { dm } = block;
  const owner = ownerOf(dm?.uuid);
  const segments = context.tables.get(block.number);
  const common = {
    layer: 'blockstack',
    ...(dm ? { name: dm.name } : {}),
    // Only multipath in its request-based mode has queues of its own (drivers/md/dm-rq.c).
    limit: queueLimit(block),
  } as const;
  const suspended = dm?.suspended ? ['it is suspended: I/O to it waits'] : [];
  const made = owner === undefined ? [] : [{ name: 'made by', value: owner, from: `${block.folder}/dm/uuid` }];
  if (!segments) {
    return {
      ...common,
      kind: 'dm',
      parameters: made,
      notes: [...suspended, 'its table could not be read: what it does is not known'],
    };
  }
  const { below, notes } = edgesOf(context, block, segments);
  return {
    ...common,
    kind: kindOf(segments),
    below: [...below],
    parameters: [...valuesOf(segments), ...made],
    table: segments.map(({ start, length, type, params }) => `${start} ${length} ${type} ${params}`.trimEnd()),
    notes: [...suspended, ...notes],
  };
}

function kindOf(segments: readonly Segment[]): string {
  const types = [...new Set(segments.map(({ type }) => type))];
  return types.length === 1 ? (types[0] ?? 'dm') : types.join(' + ');
}

/** The same device below several segments counts once. */
function edgesOf(
  context: Context,
  block: BlockDevice,
  segments: readonly Segment[],
): { below: readonly Below[]; notes: readonly string[] } {
  const known = segments.map(({ parts, type }) => {
    if (parts) return belowOf(context, parts.devices);
    return {
      below: block.slaves.map((id) => ({ id })),
      notes: [`the target ${type} is not known here: its parameters are in its table`],
    };
  });
  const edges = known.flatMap(({ below }) => below);
  const first = edges.filter(
    ({ id, role }, i) => edges.findIndex((each) => each.id === id && each.role === role) === i,
  );
  return { below: first, notes: [...new Set(known.flatMap(({ notes }) => notes))] };
}

function valuesOf(segments: readonly Segment[]): readonly Parameter[] {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of segments.flatMap(({ parts }) => Object.entries(parts?.values ?? {}))) {
    const own = values.get(name) ?? new Set<string>();
    values.set(name, own.add(value));
  }
  const joined = Object.fromEntries([...values].map(([name, some]) => [name, [...some].join(', ')]));
  return parametersOf(from, { ...(segments.length > 1 ? { segments: segments.length } : {}), ...joined });
}
