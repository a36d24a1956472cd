// Many disks with the same setting make one row for people: `sda..sdd`.

import type { Knob } from './knob.ts';

export interface Fold {
  /** One of them; its path and device stand for all. */
  readonly knob: Knob;
  /** Such as `sda..sdd, sdf`; empty where the knob belongs to no device. */
  readonly devices: string;
}

const mostPieces = 3;

/** In the order of their first. */
export function foldKnobs(knobs: readonly Knob[]): readonly Fold[] {
  const groups = new Map<string, { knob: Knob; devices: Set<string> }>();
  for (const knob of knobs) {
    const { id, layer, name, value, defaultValue, limit, queues, scope, device } = knob;
    const alike = JSON.stringify([id, layer, name, value, defaultValue, limit, queues, scope, device === undefined]);
    // A folded knob is at its default like all of its group: that follows from value and default.
    const group = groups.get(alike) ?? { knob, devices: new Set() };
    if (device !== undefined) group.devices.add(device);
    groups.set(alike, group);
  }
  return [...groups.values()].map(({ knob, devices }) => ({ knob, devices: foldNames([...devices]) }));
}

export function foldNames(names: readonly string[]): string {
  const sorted = [...names].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const runs: string[][] = [];
  for (const name of sorted) {
    const run = runs.at(-1);
    if (run && follows(run.at(-1) ?? '', name)) run.push(name);
    else runs.push([name]);
  }
  const pieces = runs.flatMap((run) => (run.length > 2 ? [`${run[0] ?? ''}..${run.at(-1) ?? ''}`] : run));
  const more = pieces.length - mostPieces;
  return more > 0 ? `${pieces.slice(0, mostPieces).join(', ')} and ${more} more` : pieces.join(', ');
}

/** Whether `next` is the name after `name`, counting in digits or, for disks such as sda, in letters. */
function follows(name: string, next: string): boolean {
  const [, stem = '', digits] = /^(.*?)(\d+)$/.exec(name) ?? [];
  if (digits !== undefined) return next === `${stem}${Number(digits) + 1}`;
  const [, disk = '', letters] = /^(sd|vd|xvd)([a-z]+)$/.exec(name) ?? [];
  return letters !== undefined && next === `${disk}${letterAfter(letters)}`;
}

function letterAfter(letters: string): string {
  const [, head = '', tail = ''] = /^(.*?)(z*)$/.exec(letters) ?? [];
  const last = head.at(-1);
  const rest = 'a'.repeat(tail.length);
  return last === undefined ? `a${rest}` : `${head.slice(0, -1)}${String.fromCharCode(last.charCodeAt(0) + 1)}${rest}`;
}
