// A stack raised on paper: what a profile's layers, on a device of a given size, would make of device-mapper.

import { dryHost } from '../../agent/host/dry.ts';
import { renderTable } from '../../agent/host/dm/table.ts';
import type { Step, StepOf } from '../../agent/host/step.ts';
import { parseArm } from '../../agent/lib/arm.ts';
import type { Arm, Layer } from '../../agent/lib/layer.ts';
import { configuredLayers } from '../../agent/plan/stack-plan.ts';
import { decodeProfile } from '../../agent/profile/decode.ts';
import { namesOf } from '../../agent/stack/names.ts';
import { raiseStack, type Stack } from '../../agent/stack/raise.ts';

export const sections: Readonly<Record<Layer, string>> = {
  media: 'media: { deployed: { provider: model } }',
  network: 'network: { deployed: { provider: nvme-tcp-netns } }',
  blockstack:
    "blockstack: { deployed: { provider: dm, devices: [{ name: top, table: '0 {sectors} linear {below} 0' }] } }",
  ring: 'ring: { deployed: { provider: tcm-loop } }',
};

/** A profile of the layers that are given, as lines of its stack. */
export function profileOf(lines: readonly string[], guests: number): string {
  return [
    'version: 1',
    'name: x',
    `guests: ${guests}`,
    'workload: {}',
    'stack:',
    ...lines.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

export interface Raised {
  readonly stack: Stack;
  readonly steps: readonly Step[];
  /** Tables by the name without the run: `J-media` -> `0 8 linear /dev/x 0`, ours shortened alike. */
  readonly tables: ReadonlyMap<string, string>;
}

export async function raiseOnPaper(options: {
  stack: readonly string[];
  guests: number;
  sectors?: number;
  start?: string;
  onlyStart?: boolean;
  run?: string;
  guest?: 'domU';
}): Promise<Raised> {
  const { stack: lines, guests, sectors = 2 ** 22, start = 'baseline', onlyStart = false, run = 'abcdef' } = options;
  const kind = options.guest === undefined ? '' : `guest: ${options.guest}\n`;
  const profile = decodeProfile(`${profileOf(lines, guests)}${kind}`, 'p.yaml');
  const names = namesOf(run, 'a'.repeat(32));
  const host = dryHost();
  const plan = {
    layers: configuredLayers(profile),
    geometry: { sectors, blockBytes: 512 },
    guests: profile.guests.length,
    cpus: 2,
    writable: true,
  };
  const stack = await raiseStack(host, names, plan, {
    start: armOf(
      start,
      profile.stack.map(({ layer }) => layer),
    ),
    onlyStart,
  });
  const short = (text: string): string =>
    text.replaceAll(`/dev/mapper/${names.object('')}`, '').replaceAll(names.object(''), '');
  const created = host.steps.filter((step): step is StepOf<'dm-create'> => step.kind === 'dm-create');
  const tables = new Map(created.map(({ name, table }) => [short(name), short(renderTable(table))]));
  return { stack, steps: host.steps, tables };
}

export function armOf(id: string, layers: readonly Layer[]): Arm {
  const arm = parseArm(id, layers);
  if (!arm) throw new Error(`no arm ${id}`);
  return arm;
}
