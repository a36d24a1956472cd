// The caps of a report, as tests look at them.

import { expect } from 'vitest';
import type { Layer } from '../../agent/lib/layer.ts';
import type { ReportDocument } from '../../agent/report/document/document.ts';
import { runInLab } from './run-in-lab.ts';

type CapRow = NonNullable<ReportDocument['caps']>['rows'][number];

/** The cap of a layer and the knobs that may make it. Fails the test where none was found. */
export function capOf(
  { caps }: ReportDocument,
  layer: Layer,
): Extract<CapRow['limit'], { kind: 'cap' }> & Pick<CapRow, 'knobs'> {
  const row = caps?.rows.find(({ of }) => of === layer);
  if (row?.limit.kind !== 'cap') throw new Error(`no cap in ${layer}: ${JSON.stringify(caps)}`);
  return { ...row.limit, knobs: row.knobs };
}

/** Within 10 %. */
export function expectNear(estimate: number | undefined, truth: number): void {
  expect(Math.abs(Math.log((estimate ?? 0) / truth)), `${estimate}, not ${truth}`).toBeLessThan(Math.log(1.1));
}

/**
 * Looks for caps alone, in domain 0 of Xen: a verdict would take three minutes more. Each guest's ring has 32 x 2^0 places,
 * and the knob that says so must be named.
 */
export async function expectRingOfOnePage(profile: string): Promise<ReportDocument> {
  const { report } = await runInLab(profile, { caps: true, args: '--caps --budget 20m', xen: true });
  const { scope, perGuest, knobs } = capOf(report, 'ring');
  expect(scope).toBe('per-guest');
  expectNear(perGuest?.estimate, 32);
  expect(knobs[0]).toMatchObject({ value: '0', defaultValue: '0', atDefault: true });
  expect(knobs[0]?.name).toContain('max_ring_page_order');
  return report;
}
