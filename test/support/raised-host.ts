// What `discover` would read on a host where a stack was raised on paper: its device-mapper devices as dmsetup prints them, without
// our junctions, which no stack of others has; a guest's slice is a volume of LVM. A disk and devices in memory are its leaves.

import type { StepOf } from '../../agent/host/step.ts';
import type { Raised } from './dry-stack.ts';
import { snapshotOf } from './snapshots.ts';

const junctions = /^(J-|twin)/;
const slices = /^slice/;

type Tables = Pick<Raised, 'tables' | 'steps'>;

/** The device that a guest's disk is: what its topmost slice or junction leads to. */
function topsOf({ tables }: Tables, guests: number): readonly string[] {
  return Array.from({ length: guests }, (_, i) => {
    const shared = [`slice${i + 1}`, 'J-block'].find((name) => tables.has(name)) ?? '';
    return resolved(tables, tables.has(`J-block${i + 1}`) ? `J-block${i + 1}` : shared);
  });
}

function resolved(tables: Tables['tables'], name: string): string {
  const below = junctions.test(name) ? tables.get(name)?.split(' ')[3] : undefined;
  return below === undefined ? name : resolved(tables, below);
}

const isDevice = (tables: Tables['tables'], word: string): boolean => tables.has(word) || word.startsWith('/dev/');

/** The tree of each guest's disk, each as its table with trees in place of devices, after how many guests share it. */
export function treesOf(raised: Tables, guests: number): readonly string[] {
  const { tables } = raised;
  const sizes = sizesOf(raised);
  const treeOf = (word: string): string => {
    const name = resolved(tables, word);
    if (slices.test(name)) return treeOf(tables.get(name)?.split(' ')[3] ?? '');
    const table = tables.get(name);
    if (table === undefined) return name.startsWith('/dev/disk') ? 'disk' : `memory of ${sizes.get(name) ?? '?'} MiB`;
    const words = table.split(' ').map((each) => (isDevice(tables, each) ? `(${treeOf(each)})` : withoutKey(each)));
    // Plain linear devices on all of what is below add nothing, and are no part of what is compared.
    const [start, , type, below = '', offset] = words;
    return type === 'linear' && start === '0' && offset === '0' ? below.slice(1, -1) : words.join(' ');
  };
  const roots = topsOf(raised, guests).map((top) =>
    slices.test(top) ? resolved(tables, tables.get(top)?.split(' ')[3] ?? '') : top,
  );
  const trees = [...new Set(roots)].map((root) => ({
    tree: treeOf(root),
    sharers: roots.filter((other) => other === root).length,
  }));
  // Nobody can tell whether what does nothing is shared.
  return trees.every(({ tree }) => tree === 'disk')
    ? ['disk']
    : trees.map(({ tree, sharers }) => `${sharers} x ${tree}`);
}

function withoutKey(word: string): string {
  return /^[0-9a-f]{32,}$/.test(word) ? `key of ${word.length} digits` : word;
}

/** MiB of devices in memory, by their path. */
function sizesOf({ steps }: Tables): ReadonlyMap<string, string> {
  const writes = steps.filter((step): step is StepOf<'write'> => step.kind === 'write');
  return new Map(
    writes.flatMap(({ path, value }) => {
      const name = /\/nullb\/layerlift-[^-]+-(.*)\/size$/.exec(path)?.[1];
      return name === undefined ? [] : [[`/dev/${name}`, value] as const];
    }),
  );
}

/** The text of a snapshot. Each guest's disk is mounted. */
export function snapshotOfRaised(raised: Tables, guests: number): string {
  const { tables } = raised;
  const names = [...tables.keys()].filter((name) => !junctions.test(name));
  const leaves = [
    ...new Set([...tables.values()].flatMap((table) => table.split(' ')).filter((word) => word.startsWith('/dev/'))),
  ];
  const kernel = new Map<string, { readonly id: string; readonly number: string }>([
    ...names.map((name, i) => [name, { id: `dm-${i}`, number: `253:${i}` }] as const),
    ...leaves.map((path, i) => [path, { id: `sd${String.fromCharCode(97 + i)}`, number: `8:${16 * i}` }] as const),
  ]);
  const printed = (word: string): string => kernel.get(resolved(tables, word))?.number ?? word;
  const lines = names.map((name) => {
    const words = (tables.get(name) ?? '').split(' ').map((word) => (isDevice(tables, word) ? printed(word) : word));
    return `${name}: ${words.join(' ')}`;
  });
  const mounts = topsOf(raised, guests).map(
    (top, i) => `${30 + i} 1 ${printed(top)} / /srv/${i} rw - ext4 /dev/mapper/${top} rw`,
  );
  return snapshotOf({
    files: {
      '/proc/self/mountinfo': mounts.join('\n'),
      ...Object.fromEntries(
        [...kernel].flatMap(([name, { id, number }]): readonly (readonly [string, string])[] => [
          [`/sys/block/${id}/dev`, number],
          [`/sys/block/${id}/size`, '2097152'],
          ...(id.startsWith('dm-') ? [[`/sys/block/${id}/dm/name`, name] as const] : []),
        ]),
      ),
    },
    lists: { '/sys/block': [...kernel.values()].map(({ id }) => id) },
    tools: {
      'dmsetup info': names.map((name) => `${(kernel.get(name)?.number ?? '').replace(':', '\t')}\t${name}`).join('\n'),
      'dmsetup table': lines.join('\n'),
    },
  });
}
