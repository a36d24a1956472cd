// Turns the findings of a run into its analysis and its report, in every format: when the verdict is there, and when it ends,
// whichever way that is.

import { guestFacts } from '../lib/guest.ts';
import type { Recorded, CapsRun } from '../experiment/recorder.ts';
import type { CutShort } from '../records/phase.ts';
import { planAfter } from '../records/pilot.ts';
import type { CapsRecord } from '../records/caps.ts';
import type { HostSide } from '../records/host-side.ts';
import type { RunRecords } from '../records/run-records.ts';
import type { RunMeta } from '../records/run-schema.ts';
import type { RunCaveat } from '../records/run-caveat.ts';
import type { SliceRecord } from '../records/slice.ts';
import type { RunFolder } from '../records/run-folder.ts';
import { baselineId } from '../lib/arm.ts';
import { OutputError } from '../lib/errors.ts';
import type { ExitName } from '../lib/exit-codes.ts';
import type { Plan } from '../plan/plan.ts';
import { type FormatName, render } from '../report/formats/registry.ts';
import { findingsInWords } from '../report/words/in-document.ts';
import { documentOf } from '../report/document/of-run.ts';
import type { ReportDocument } from '../report/schema/schema.ts';
import type { Setup } from './prepare.ts';
import { type Findings, findingsOf } from '../findings/findings.ts';

export interface RunResult {
  readonly prepared: Pick<Setup, 'plan'>;
  readonly meta: RunMeta;
  readonly findings: Recorded;
  /** The host beside the run, where the stack is a twin of it. */
  readonly hostSide?: HostSide | undefined;
  readonly folder: Pick<RunFolder, 'path' | 'writeText' | 'writeJson'>;
}

/**
 * Writes the analysis and all reports, prints one, and says how the run ends. What cannot be written is printed all the same.
 *
 * @throws OutputError when it could not be written, after it was printed; not where the run was cut short, for another reason.
 */
export async function report(
  finished: RunResult & { readonly cutShort?: CutShort },
  options: { readonly format: FormatName; readonly print: (text: string) => void },
): Promise<ExitName> {
  const failure = await failureOf(() => writeAll(finished));
  const cutShort: CutShort | undefined =
    finished.cutShort ?? (failure && { phase: 'reporting', why: failure.message, exit: failure.exit });
  const { records, findings } = readTogether({ ...finished, ...(cutShort ? { cutShort } : {}) });
  const document = documentOf(records, findings, finished.folder.path);
  options.print(await render(options.format, document));
  if (failure && !finished.cutShort) throw failure;
  return document.exit.name;
}

/** The verdict as it stands, before anything else is measured. Gives its sentence. Throws OutputError. */
export function keepVerdict(finished: RunResult): string {
  const { records, findings } = readTogether(finished);
  const { sentence, next, verdict } = documentOf(records, findings, finished.folder.path);
  finished.folder.writeJson('verdict.json', { version: 1, at: new Date().toISOString(), sentence, next, verdict });
  return sentence;
}

async function writeAll(finished: RunResult & { readonly cutShort?: CutShort }): Promise<void> {
  const { folder } = finished;
  const { records, findings } = readTogether(finished);
  if (records.neighbours) folder.writeJson('neighbours.json', { version: 1, ...records.neighbours });
  if (records.caps) folder.writeJson('caps.json', records.caps);
  if (records.hostSide) folder.writeJson('host-side.json', records.hostSide);
  folder.writeJson('host.json', records.meta);
  folder.writeJson('analysis.json', { version: 1, ...findingsInWords(findings) });
  const document = documentOf(records, findings, folder.path);
  folder.writeText('report.txt', render('text', document));
  folder.writeText('report.md', render('md', document));
  folder.writeText('report.json', render('json', document));
  folder.writeText('report.html', await render('html', document));
  for (const { name, svg } of await drawPlots(document)) folder.writeText(`plots/${name}.svg`, svg);
}

/** The library that draws is large, and nothing before the end of a run wants it. */
async function drawPlots(
  document: ReportDocument,
): Promise<readonly { readonly name: string; readonly svg: string }[]> {
  return (await import('../report/plots/files.ts')).plotFiles(document);
}

function readTogether(finished: RunResult & { readonly cutShort?: CutShort }): {
  readonly records: RunRecords;
  readonly findings: Findings;
} {
  const { prepared, meta, cutShort, hostSide } = finished;
  const { slices, rechecked, notes, pilot, caps, neighbours } = finished.findings;
  const plan = pilot ? planAfter(prepared.plan, pilot) : prepared.plan;
  const records: RunRecords = {
    plan,
    meta: {
      ...meta,
      caveats: [...meta.caveats, ...hostCaveats(slices, plan), ...notes],
      ...(cutShort ? { cutShort } : {}),
    },
    slices,
    rechecked,
    ...(caps && caps.observations.length > 0 ? { caps: recordOf(caps) } : {}),
    ...(neighbours && neighbours.observations.length > 0 ? { neighbours } : {}),
    ...(pilot ? { pilot } : {}),
    ...(hostSide ? { hostSide } : {}),
  };
  return { records, findings: findingsOf(records) };
}

function recordOf({ design: { longer = [], ...design }, observations, inventory, depths }: CapsRun): CapsRecord {
  return {
    version: 1,
    design: { ...design, layers: [...design.layers], longer: [...longer] },
    observations: [...observations],
    depths: [...depths],
    knobs: [...inventory.knobs],
  };
}

async function failureOf(write: () => Promise<void>): Promise<OutputError | undefined> {
  try {
    await write();
    return undefined;
  } catch (failure) {
    if (failure instanceof OutputError) return failure;
    throw failure;
  }
}

const saturatedPercent = 95;
/** A second: so few may come from a burst. */
const fewOutOfRequests = 1;

/** Doubts about the whole run that the slices show. */
function hostCaveats(slices: readonly SliceRecord[], { profile }: Plan): readonly RunCaveat[] {
  const busy = (slice: SliceRecord): number => slice.measurements['cpu']?.['busyPercent'] ?? 0;
  const full = slices.filter(({ arm }) => arm !== baselineId).filter((slice) => busy(slice) > saturatedPercent);
  const steal = Math.max(0, ...slices.map((slice) => slice.measurements['cpu']?.['stealPercent'] ?? 0));
  const out = (slice: SliceRecord): number => slice.measurements['xenBlkback']?.['outOfRequestsPerSecond'] ?? 0;
  const ranOut = slices.filter(({ arm }) => arm === baselineId).filter((slice) => out(slice) > fewOutOfRequests);
  const most = Math.max(0, ...ranOut.map(out));
  return [
    ...(full.length > 0 ? [{ kind: 'cpu-full', slices: full.length } as const] : []),
    ...(steal > 5 && !guestFacts[profile.guest].ownKernel ? [{ kind: 'steal', percent: steal } as const] : []),
    ...(ranOut.length > 0 ? [{ kind: 'xen-ring-full', slices: ranOut.length, mostPerSecond: most } as const] : []),
  ];
}
