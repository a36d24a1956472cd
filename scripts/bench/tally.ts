// Counts switches.

import type { Host } from '../../agent/host/host.ts';
import { type Arm, layers } from '../../agent/lib/layer.ts';
import { differing, switchTo } from '../../agent/stack/junction.ts';
import type { Stack } from '../../agent/stack/raise.ts';
import { median, print, timed } from './figures.ts';

/** How many switches were made, which layers they changed, and how long they took. */
export class Tally {
  readonly #ms: number[] = [];
  readonly #swaps = new Map<string, number>();

  async switchTo(host: Host, stack: Stack, arm: Arm): Promise<void> {
    const changed = new Set(differing(stack.junctions, stack.setting, arm).map(({ layer }) => layer));
    for (const layer of changed) this.#swaps.set(layer, (this.#swaps.get(layer) ?? 0) + 1);
    this.#ms.push(await timed(() => switchTo(host, stack, arm)));
  }

  /** Gives their number. */
  print(what: string): number {
    const each = layers.flatMap((layer) => (this.#swaps.has(layer) ? [`${layer} ${this.#swaps.get(layer) ?? 0}`] : []));
    print(what, `${this.#ms.length} (${each.join(', ')})`);
    print('  median, slowest', `${median(this.#ms).toFixed(0)} ms, ${Math.max(...this.#ms).toFixed(0)} ms`);
    return this.#ms.length;
  }
}
