// A block device as a node: its kind and layer, what it stands on, the parameters that matter, and its own limit.

import { nvmeLayer, scsiLayer } from '../../knobs/disk.ts';
import type { Layer } from '../../lib/layer.ts';
import type { BlockDevice } from '../decode/block.ts';
import { type Parameter, parametersOf } from '../document.ts';
import { count, readFields, word } from '../look.ts';
import { bytesOf, type Context, type Draft } from './context.ts';
import { dmParts } from './dm-node.ts';
import { queueLimit, scsiLimit } from './limits.ts';
import { drbdParts, loopParts, nbdParts, rbdParts, tapdiskParts } from './mapped.ts';
import type { Parts, PartsOf } from './parts.ts';
import { iopolicyOf, readController, readSession, remoteDraft } from './remote.ts';

const kinds: readonly (readonly [RegExp, PartsOf])[] = [
  [/^dm-\d+$/, dmParts],
  [/^md/, mdParts],
  [/^loop\d+$/, loopParts],
  [/^bcache\d+$/, bcacheParts],
  [/^nvme\d+c\d+n\d+$/, nvmePathParts],
  [/^nvme\d+n\d+$/, nvmeParts],
  [/^sd[a-z]+$/, scsiParts],
  [/^drbd\d+$/, drbdParts],
  [/^nbd\d+$/, nbdParts],
  [/^rbd\d+$/, rbdParts],
  [/^zd\d+$/, () => ({ kind: 'zvol', layer: 'blockstack', notes: ['the pool below a zvol is not in sysfs'] })],
  [/^vd[a-z]+$/, plainKind('virtio', 'ring')],
  [/^xvd[a-z]+\d*$/, plainKind('xen-vbd', 'ring')],
  [/^ublkb\d+$/, plainKind('ublk', 'ring')],
  [/^td[a-z]+$/, tapdiskParts],
  [/^nullb\d+$/, plainKind('null_blk', 'media')],
  [/^ram\d+$/, plainKind('ram', 'media')],
  [/^zram\d+$/, plainKind('zram', 'media')],
];

function plainKind(kind: string, layer: Layer): PartsOf {
  return () => ({ kind, layer });
}

/** A device with what it brings along. */
export function draftsOf(context: Context, block: BlockDevice): readonly Draft[] {
  const parts = block.partitionOf === undefined ? partsOf(context, block) : partitionParts(block);
  const { name, kind, layer, below, parameters = [], table, notes = [], others = [] } = parts;
  const slaves = block.slaves.filter((slave) => slave !== block.name).map((id) => ({ id }));
  return [
    {
      ...{ id: block.name, name: name ?? block.name, kind, layer, number: block.number, bytes: bytesOf(block) },
      below: below ?? slaves,
      parameters: [...parameters, ...queueParameters(block)],
      ...(table ? { table: [...table] } : {}),
      limit: parts.limit ?? (block.partitionOf === undefined ? queueLimit(block) : undefined) ?? null,
      notes: [...notes],
    },
    ...others,
  ];
}

function partsOf(context: Context, block: BlockDevice): Parts {
  const parse = kinds.find(([pattern]) => pattern.test(block.name))?.[1];
  if (parse) return parse(context, block);
  return { kind: 'disk', layer: 'media', notes: ['its driver is not known here'] };
}

function partitionParts(block: BlockDevice): Parts {
  return { kind: 'partition', layer: 'blockstack', below: [{ id: block.partitionOf ?? '' }] };
}

/** Of the disk itself; nr_requests says something of a device with hardware queues alone. */
function queueParameters({ queue, mq, folder, partitionOf }: BlockDevice): readonly Parameter[] {
  if (partitionOf !== undefined) return [];
  const { scheduler, nr_requests, ...others } = queue;
  return parametersOf(`${folder}/queue`, mq ? { scheduler, nr_requests, ...others } : others);
}

function mdParts({ look }: Context, block: BlockDevice): Parts {
  const { level, raid_disks: disks, sync_action: action, degraded, ...others } = block.md;
  const legs = block.slaves.map((id) => {
    const role = look.snapshot.files.get(`${block.folder}/md/dev-${id}/slot`)?.trim();
    const state = look.snapshot.files.get(`${block.folder}/md/dev-${id}/state`)?.trim();
    const words = [
      ...(role === undefined ? [] : [`slot ${role}`]),
      ...(state === undefined || state === 'in_sync' ? [] : [state]),
    ];
    return words.length > 0 ? { id, role: words.join(', ') } : { id };
  });
  return {
    ...{ kind: `md ${level ?? ''}`.trim(), layer: 'blockstack', below: legs },
    parameters: parametersOf(`${block.folder}/md`, {
      level,
      raid_disks: disks,
      ...others,
      sync_action: action,
      degraded,
    }),
    notes: [
      ...(action !== undefined && action !== 'idle' && action !== 'frozen'
        ? [`${action} is under way: figures of now are not those of every day`]
        : []),
      ...(degraded !== undefined && degraded > 0 ? [`${degraded} of its legs are missing`] : []),
    ],
  };
}

const cacheSet = { bucket_size: word, congested_read_threshold_us: count, congested_write_threshold_us: count };

function bcacheParts({ look }: Context, block: BlockDevice): Parts {
  const sets = (look.snapshot.lists.get('/sys/fs/bcache') ?? []).filter((name) => name.includes('-'));
  const [only] = sets.length === 1 ? sets : [];
  const folder = `/sys/fs/bcache/${only ?? ''}`;
  return {
    ...{ kind: 'bcache', layer: 'blockstack' },
    parameters: [
      ...parametersOf(`${block.folder}/bcache`, block.bcache),
      ...(only === undefined ? [] : parametersOf(folder, readFields(look, folder, cacheSet))),
    ],
  };
}

/** The controller in whose folder a namespace or path stands. */
function controllerOf({ real }: BlockDevice): string | undefined {
  return /\/(nvme\d+)\/nvme\d+(?:c\d+)?n\d+$/.exec(real)?.[1];
}

/** A namespace with one controller, or the head over several paths. */
function nvmeParts(context: Context, block: BlockDevice): Parts {
  const paths = context.paths.get(block.name) ?? [];
  const controller = controllerOf(block);
  if (controller !== undefined || paths.length === 0) return nvmePathParts(context, block);
  const first = context.blocks.get(paths[0] ?? '');
  const of = first && controllerOf(first);
  const policy = of === undefined ? undefined : iopolicyOf(context.look, readController(context.look, of).subsysnqn);
  return {
    ...{ kind: 'nvme multipath', layer: 'blockstack', below: paths.map((id) => ({ id })) },
    parameters: policy ? [policy] : [],
  };
}

function nvmePathParts({ look }: Context, block: BlockDevice): Parts {
  const name =
    controllerOf(block) ??
    /^nvme\d+c(\d+)n/.exec(block.name)?.[1]?.replace(/^/, 'nvme') ??
    /^nvme\d+/.exec(block.name)?.[0] ??
    '';
  const own = readController(look, name);
  const { transport, address = '', subsysnqn: nqn = '', model, ...others } = own;
  const layer = nvmeLayer(transport);
  const limit = queueLimit(block);
  const common = {
    kind: transport === undefined || transport === 'pcie' ? 'nvme' : `nvme-${transport}`,
    layer,
    limit: limit && { ...limit, sharedIn: name },
  };
  if (layer === 'media')
    return { ...common, parameters: parametersOf(`/sys/class/nvme/${name}`, { model, ...others }) };
  const field = (key: string): string | undefined => new RegExp(`(?:^|,)${key}=([^,]*)`).exec(address)?.[1];
  const to = `${field('traddr') ?? 'unknown'}:${field('trsvcid') ?? '4420'}`;
  const id = `nvme-target:${nqn}@${to}`;
  return {
    ...common,
    below: [{ id }],
    parameters: parametersOf(`/sys/class/nvme/${name}`, { address, ...others }),
    others: [remoteDraft(look, { id, name: nqn, address: to, kind: 'nvme target' })],
  };
}

const adapter = { proc_name: word, can_queue: count, cmd_per_lun: count, sg_tablesize: count, nr_hw_queues: count };

function scsiParts({ look }: Context, block: BlockDevice): Parts {
  const host = /\/(host\d+)\//.exec(block.real)?.[1] ?? (block.scsi && `host${block.scsi.split(':')[0] ?? ''}`);
  const folder = `/sys/class/scsi_host/${host ?? ''}`;
  const { proc_name: driver, ...sizes } = host === undefined ? {} : readFields(look, folder, adapter);
  const { queue_depth: depth, model, vendor, rev, ...others } = block.hardware;
  const session = /\/(session\d+)\//.exec(block.real)?.[1];
  const limit = scsiLimit(block, { host, canQueue: sizes.can_queue });
  const parameters = [
    ...parametersOf(`${block.folder}/device`, { vendor, model, rev, queue_depth: depth, ...others }),
    ...parametersOf(folder, { proc_name: driver, ...sizes }),
  ];
  if (session === undefined)
    return {
      kind: driver === undefined ? 'scsi' : `scsi (${driver})`,
      layer: scsiLayer(driver ?? ''),
      parameters,
      limit,
    };
  const { target, address, parameters: ofSession } = readSession(look, session);
  const id = `iscsi-target:${target}@${address}`;
  return {
    ...{ kind: 'iscsi', layer: 'network', below: [{ id }], limit, parameters: [...parameters, ...ofSession] },
    others: [remoteDraft(look, { id, name: target, address, kind: 'iscsi target' })],
  };
}
