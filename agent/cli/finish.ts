// The end of a run: what was measured becomes its analysis and its report, in every format.

import type { Probed } from '../experiment/caps.ts';
import { planAfter } from '../experiment/pilot-record.ts';
import type { CapsRecord } from '../experiment/probe-record.ts';
import type { RunMeta } from '../experiment/run-schema.ts';
import type { SliceRecord } from '../experiment/record.ts';
import type { RunFolder } from '../experiment/run-folder.ts';
import { baselineId } from '../lib/arm.ts';
import type { ExitName } from '../lib/exit-codes.ts';
import type { Plan } from '../plan/plan.ts';
import { type FormatName, render } from '../report/registry.ts';
import { documentOf } from './document.ts';
import type { Found } from './measure.ts';
import type { Prepared } from './prepare.ts';
import { readingOf } from './reading.ts';

export interface Finished extends Found {
  readonly prepared: Prepared;
  readonly meta: RunMeta;
  readonly folder: RunFolder;
}

/** Writes the analysis and all reports, prints one, and says how the run ends. */
export function report(
  { prepared, meta, slices, rechecked, notes, pilot, caps, neighbours, folder }: Finished,
  options: { readonly format: FormatName; readonly print: (text: string) => void },
): ExitName {
  const plan = pilot ? planAfter(prepared.plan, pilot) : prepared.plan;
  const done: RunMeta = { ...meta, caveats: [...meta.caveats, ...hostCaveats(slices, plan), ...notes] };
  if (neighbours) folder.writeJson('neighbours.json', { version: 1, ...neighbours });
  const kept = {
    ...(caps ? { caps: keepCaps(caps, folder) } : {}),
    ...(neighbours ? { neighbours } : {}),
    ...(pilot ? { pilot } : {}),
  };
  folder.writeJson('host.json', done);
  const records = { plan, meta: done, slices, rechecked, ...kept };
  const reading = readingOf(records);
  folder.writeJson('analysis.json', { version: 1, ...reading });
  const document = documentOf(records, reading, folder.path);
  folder.writeText('report.txt', render('text', document));
  folder.writeText('report.md', render('md', document));
  folder.writeText('report.html', render('html', document));
  folder.writeText('report.json', render('json', document));
  options.print(render(options.format, document));
  return document.exit.name;
}

function keepCaps({ plan: { design }, observations, inventory }: Probed, folder: RunFolder): CapsRecord {
  folder.writeJson('knobs.json', inventory);
  const record: CapsRecord = {
    version: 1,
    design: { ...design, layers: [...design.layers] },
    observations: [...observations],
    knobs: [...inventory.knobs],
  };
  folder.writeJson('caps.json', record);
  return record;
}

const saturatedPercent = 95;
/** A second: so few may come from a burst. */
const fewOutOfRequests = 1;

/** Doubts about the whole run that the slices show. */
function hostCaveats(slices: readonly SliceRecord[], { profile }: Plan): readonly string[] {
  const busy = (slice: SliceRecord): number => slice.measurements['cpu']?.['busyPercent'] ?? 0;
  const full = slices.filter(({ arm }) => arm !== baselineId).filter((slice) => busy(slice) > saturatedPercent);
  const steal = Math.max(0, ...slices.map((slice) => slice.measurements['cpu']?.['stealPercent'] ?? 0));
  const out = (slice: SliceRecord): number => slice.measurements['xenBlkback']?.['outOfRequestsPerSecond'] ?? 0;
  const ranOut = slices.filter(({ arm }) => arm === baselineId).filter((slice) => out(slice) > fewOutOfRequests);
  const most = Math.max(0, ...ranOut.map(out));
  return [
    ...(full.length > 0 ? [`the CPU was full in ${countOf(full)} with stubs: more CPU might have lifted further`] : []),
    ...(steal > 5 && profile.guest !== 'domU'
      ? [`a hypervisor above took up to ${steal.toFixed(0)} % of the CPU away`]
      : []),
    ...(ranOut.length > 0
      ? [
          `a Xen ring was full in ${countOf(ranOut)} of the baseline: its backend ran out of requests up to ${most.toFixed(0)} times a second`,
        ]
      : []),
  ];
}

function countOf({ length }: readonly SliceRecord[]): string {
  return `${length} ${length === 1 ? 'slice' : 'slices'}`;
}
