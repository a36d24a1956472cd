// One record a line, for log shippers and `jq`: the verdict first, the end with the exit code last.

import type { ReportDocument } from '../schema/schema.ts';

export function renderNdjson(report: ReportDocument): string {
  const {
    layers,
    arms,
    latency,
    guests,
    interference,
    caveats,
    open,
    stackNotes = [],
    series,
    exit,
    folder,
    endedAt,
    version,
    kind,
    run,
    ...verdict
  } = report;
  const records: readonly object[] = [
    { type: 'verdict', ...verdict },
    ...layers.map((row) => ({ type: 'layer', ...row })),
    ...arms.map((row) => ({ type: 'arm', ...row })),
    ...latency.layers.map((row) => ({ type: 'latency', ...row })),
    ...guests.map((row) => ({ type: 'guest', ...row })),
    ...(series?.slices ?? []).map((row) => ({ type: 'slice', ...row })),
    ...(interference ? [{ type: 'interference', ...interference }] : []),
    ...caveats.run.map((text) => ({ type: 'caveat', text })),
    ...caveats.slices.map((row) => ({ type: 'caveat', ...row })),
    ...open.map((text) => ({ type: 'open', text })),
    ...stackNotes.map((text) => ({ type: 'stack-note', text })),
    { type: 'end', kind, endedAt, exit, folder },
  ];
  return records.map((record) => `${JSON.stringify({ v: version, run, ...record })}\n`).join('');
}
