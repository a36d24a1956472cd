// Pressure stall information of the host (Documentation/accounting/psi.rst): time in which some task waited.

import type { Source } from './source.ts';

type Totals = Readonly<Record<string, number>>;

const resources = ['cpu', 'io', 'memory'] as const;

export const pressure: Source<Totals> = {
  read: async ({ host }) => {
    const found: Record<string, number> = {};
    for (const resource of resources) {
      const us = parseSomeTotal((await host.read(`/proc/pressure/${resource}`)) ?? '');
      if (us !== undefined) found[resource] = us;
    }
    return Object.keys(found).length > 0 ? found : undefined;
  },
  between: (from, to, elapsedMs) =>
    Object.fromEntries(
      Object.entries(to).map(([resource, us]) => [
        `${resource}SomePercent`,
        (us - (from[resource] ?? us)) / 10 / elapsedMs,
      ]),
    ),
};

/** Microseconds of the `some` line. */
export function parseSomeTotal(text: string): number | undefined {
  const total = /^some .*total=(\d+)/m.exec(text)?.[1];
  return total === undefined ? undefined : Number(total);
}
