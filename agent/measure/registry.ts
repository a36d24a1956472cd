// One line a source. A source that fails is left out of that slice; it never takes the others down.

import { agent } from './agent.ts';
import { clock } from './clock.ts';
import { cpu } from './cpu.ts';
import { guestLimits } from './guest-limits.ts';
import { guests } from './guests.ts';
import { pressure } from './pressure.ts';
import { ringDaemons } from './ring-daemons.ts';
import { tags } from './tags.ts';
import { xenBlkback } from './xen-blkback.ts';
import type { Scene, Source } from './source.ts';

const sources: Readonly<Record<string, Source<unknown>>> = {
  cpu: cpu as Source<unknown>,
  guests: guests as Source<unknown>,
  guestLimits: guestLimits as Source<unknown>,
  pressure: pressure as Source<unknown>,
  agent: agent as Source<unknown>,
  tags: tags as Source<unknown>,
  ringDaemons: ringDaemons as Source<unknown>,
  xenBlkback: xenBlkback as Source<unknown>,
  clock: clock as Source<unknown>,
};

export type Readings = ReadonlyMap<string, unknown>;
/** By source, then by name of the number. */
export type Measurements = Readonly<Record<string, Readonly<Record<string, number>>>>;

export async function readSources(scene: Scene): Promise<Readings> {
  const entries = await Promise.all(
    Object.entries(sources).map(
      async ([name, source]) => [name, await source.read(scene).catch(() => undefined)] as const,
    ),
  );
  return new Map(entries.filter(([, value]) => value !== undefined));
}

export function measurementsBetween(from: Readings, to: Readings, elapsedMs: number): Measurements {
  const out: Record<string, Readonly<Record<string, number>>> = {};
  for (const [name, source] of Object.entries(sources)) {
    const [a, b] = [from.get(name), to.get(name)];
    if (a !== undefined && b !== undefined) out[name] = source.between(a, b, elapsedMs);
  }
  return out;
}
