// `knobs`: the settings of this host that may cap the I/Os in flight. Looks, and touches nothing.

import { listAny, readAny } from '../../host/read.ts';
import { changeText } from '../../knobs/change.ts';
import { foldKnobs, type Fold } from '../../knobs/fold.ts';
import type { Knob, KnobLayer, Reader } from '../../knobs/knob.ts';
import { type Inventory, readKnobs } from '../../knobs/registry.ts';
import { errnoOf } from '../../lib/errors.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { layers } from '../../lib/layer.ts';
import { plain } from '../../report/formats/plain.ts';
import { renderTable } from '../../report/formats/table.ts';
import { jsonText } from '../../lib/json-text.ts';

/** The layers from the guests downward, as their I/O goes; first what drives them. */
export const knobLayers: readonly KnobLayer[] = ['load', ...layers.toReversed()];

export interface KnobsOptions {
  readonly format: 'text' | 'json';
  readonly layer: KnobLayer | undefined;
  readonly print: (text: string) => void;
  /** This host's own files, unless a test brings others. */
  readonly reader?: Reader;
}

export async function knobs({ format, layer, print, reader = thisHost }: KnobsOptions): Promise<ExitName> {
  const { knobs: all, failed } = await readKnobs(reader);
  const some = all.filter((knob) => layer === undefined || knob.layer === layer);
  const debugfs = await debugfsState(reader);
  if (format === 'json') print(asJson({ knobs: some, failed }, debugfs));
  else print(asText({ knobs: some, failed }, debugfs));
  return 'ok';
}

const thisHost: Reader = { read: readAny, list: listAny };

type Debugfs = 'read' | 'absent' | 'refused';

async function debugfsState(reader: Reader): Promise<Debugfs> {
  try {
    return (await reader.list('/sys/kernel/debug/block')).length > 0 ? 'read' : 'absent';
  } catch (failure) {
    return errnoOf(failure) === 'EACCES' || errnoOf(failure) === 'EPERM' ? 'refused' : 'absent';
  }
}

const debugfsNotes: Readonly<Record<Debugfs, readonly string[]>> = {
  read: [],
  absent: ['debugfs is not mounted: how disks share tags is not known'],
  refused: ['root would add, from debugfs, how disks share tags'],
};

function asText({ knobs: found, failed }: Inventory, debugfs: Debugfs): string {
  const groups = knobLayers.flatMap((layer) => {
    const folds = foldKnobs(found.filter((knob) => knob.layer === layer));
    return folds.length > 0 ? [layer, ...table(folds), ''] : [];
  });
  const notes = [
    ...(found.length > 0
      ? ['a limit counts I/Os in flight in its scope; "-": none follows from the setting itself']
      : []),
    ...(found.length > 0 ? [] : ['no setting was found that is known to cap I/Os in flight']),
    ...failed.map(({ source, reason }) => `cannot read ${plain(source)}: ${plain(reason)}`),
    ...debugfsNotes[debugfs],
  ];
  return `${[...groups, ...notes].join('\n')}\n`;
}

function table(folds: readonly Fold[]): readonly string[] {
  const head = ['  knob', 'setting', 'device', 'value', 'default', 'limit', 'scope', 'how to change'];
  const rows = folds.map(({ knob, devices }) => [
    `  ${knob.id}`,
    plain(knob.name),
    plain(devices) || '-',
    plain(knob.value),
    plain(knob.defaultValue ?? '-'),
    limitOf(knob),
    knob.scope,
    plain(changeOf(knob, devices)),
  ]);
  return renderTable(head, rows);
}

/** A row for several disks has DISK in place of the name of one. */
function changeOf({ change, device }: Knob, devices: string): string {
  const text = changeText(change);
  return device === undefined || devices === device ? text : text.replaceAll(`/block/${device}/`, '/block/DISK/');
}

function limitOf({ limit, queues = 1 }: Knob): string {
  if (limit === undefined) return '-';
  return queues > 1 ? `${queues} x ${limit}` : `${limit}`;
}

function asJson({ knobs: found, failed }: Inventory, debugfs: Debugfs): string {
  const rows = found.map(({ atDefault, change, ...knob }) => ({
    ...knob,
    change: changeText(change),
    atDefault: atDefault ?? null,
  }));
  return jsonText({ version: 1, kind: 'layerlift-knobs', debugfs, knobs: rows, failed });
}
