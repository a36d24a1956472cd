// What `observe` saw as text: the answer, a table of the devices, and what else there is.

import { renderBytes, renderDuration } from '../../lib/units.ts';
import { plain, wrap } from '../../report/formats/plain.ts';
import { renderTable } from '../../report/formats/table.ts';
import type { Observed, ObservedDevice } from '../document.ts';

const width = 100;
const mostRows = 40;
const mostThreads = 8;

/** `rings`: a table of Xen's. The answer's sentences are a line each, for grep(1). */
export function observedText(seen: Observed, rings: readonly string[] = []): string {
  const lines = [
    seen.says,
    '',
    ...deviceTable(seen.devices),
    ...(rings.length > 0 ? ['', ...rings] : []),
    ...threadTable(seen),
    ...throttleLines(seen),
    ...pathLines(seen),
    ...hostLines(seen),
    ...missingLines(seen.missing),
    '',
    ...(seen.full.length > 0 || seen.devices.some(({ iosPerSecond }) => iosPerSecond > 0)
      ? wrap(nextStep, { width })
      : []),
    costLine(seen),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

const nextStep =
  'This is what is full or slow, not what would help. That takes a run on a twin: layerlift run --from-host --preset incident';

function deviceTable(devices: readonly ObservedDevice[]): readonly string[] {
  const rows = devices.filter(({ countedAt }) => countedAt !== null);
  const order = rows.toSorted((a, b) => Number(b.iosPerSecond > 0) - Number(a.iosPerSecond > 0));
  const shown = order.slice(0, mostRows);
  if (shown.length === 0) return [];
  const more = rows.length - shown.length;
  const head = [
    '  device',
    'layer',
    'I/O a second',
    'reads',
    'size',
    'latency',
    'in flight',
    'limit',
    'full',
    'used by',
  ];
  return [
    ...renderTable(head, shown.map(rowOf), [2, 3, 4, 5, 6, 7, 8]),
    ...(more > 0 ? [`  and ${more} more, which do less`] : []),
    '  (in flight: on average, with what waits for the driver; full: of the looks, those at the limit)',
  ];
}

function rowOf(device: ObservedDevice): string[] {
  const {
    id,
    name,
    countedAt,
    layer,
    iosPerSecond,
    readShare,
    bytesPerIo,
    latencyNs,
    inFlight,
    limit,
    fullShare,
    users,
  } = device;
  const at = countedAt === id ? '' : ` (at ${countedAt ?? ''})`;
  const own = name === id || id.endsWith(name) ? name : `${name} (${id})`;
  return [
    `  ${plain(`${own}${at}`)}`,
    layer,
    iosPerSecond.toFixed(0),
    readShare === null ? '-' : `${(100 * readShare).toFixed(0)} %`,
    bytesPerIo === null ? '-' : renderBytes(bytesPerIo),
    latencyNs === null ? '-' : renderDuration(latencyNs),
    inFlight === null ? '-' : inFlight.toFixed(1),
    limit ? `${limit.inFlight}` : '-',
    fullShare === null ? '-' : `${(100 * fullShare).toFixed(0)} %`,
    plain(users.length > 2 ? `${users.length}` : users.join(', ')),
  ];
}

function threadTable({ threads }: Observed): readonly string[] {
  if (threads.length === 0) return [];
  const rows = threads
    .slice(0, mostThreads)
    .map(({ name, what, process, cpuPercent, readyPercent, alone }) => [
      `  ${plain(name)}`,
      plain(process === null ? what : `${what} of ${process}`),
      `${cpuPercent.toFixed(0)} %`,
      `${readyPercent.toFixed(0)} %`,
      alone ? 'one thread' : 'spread',
    ]);
  return ['', ...renderTable(['  thread', 'serves', 'CPU', 'with waiting', ''], rows, [2, 3])];
}

function throttleLines({ throttles }: Observed): readonly string[] {
  if (throttles.length === 0) return [];
  const lines = throttles.map((throttle) => {
    if (throttle.kind === 'cpu.max')
      return `${throttle.cgroup}: cpu.max ${throttle.quota}, stopped for ${(100 * throttle.stoppedShare).toFixed(0)} % of the time`;
    const { cgroup, device, key, perSecond, limit } = throttle;
    const show = (value: number): string => (key.endsWith('bps') ? renderBytes(value) : value.toFixed(0));
    return `${cgroup}: io.max of ${device}, ${key} ${show(limit)} a second, ${show(perSecond)} used`;
  });
  return ['', 'limits of cgroups', ...lines.flatMap((line) => wrap(line, { width, first: '  ' }))];
}

function pathLines({ paths }: Observed): readonly string[] {
  if (paths.length === 0) return [];
  const rate = (bytes: number | null): string => (bytes === null ? '-' : `${renderBytes(bytes)}/s`);
  const rows = paths.map((path) => [
    `  ${plain(path.address)}`,
    plain(path.interface ?? '-'),
    rate(path.sentPerSecond),
    rate(path.receivedPerSecond),
    rate(path.shaper?.perSecond ?? path.interfacePerSecond),
    path.rttNs === null ? '-' : renderDuration(path.rttNs),
    path.leastRttNs === null ? '-' : renderDuration(path.leastRttNs),
    path.resentShare === null ? '-' : `${(100 * path.resentShare).toFixed(2)} %`,
  ]);
  const head = ['  path to', 'interface', 'sent', 'received', 'of', 'round trip', 'least', 'sent again'];
  return ['', ...renderTable(head, rows, [2, 3, 4, 5, 6, 7])];
}

function hostLines({ cpu, pressure }: Observed): readonly string[] {
  const waited = pressure.filter(({ of, somePercent }) => of === 'host' || somePercent >= 5);
  const parts = [
    ...(cpu ? [`CPUs ${cpu.busyPercent.toFixed(0)} % busy of ${cpu.cpus}`] : []),
    ...waited.map(
      ({ of, resource, somePercent }) =>
        `${of === 'host' ? '' : `${of} `}waited for ${resource} ${somePercent.toFixed(0)} %`,
    ),
  ];
  return parts.length === 0 ? [] : ['', ...wrap(`host: ${parts.join('; ')}`, { width })];
}

function missingLines(missing: Observed['missing']): readonly string[] {
  if (missing.length === 0) return [];
  const byReason = new Map<string, string[]>();
  for (const { what, why } of missing) byReason.set(why, [...(byReason.get(why) ?? []), what]);
  const most = 4;
  const lines = [...byReason].flatMap(([why, things]) => {
    const more = things.length > most ? ` and ${things.length - most} more` : '';
    return wrap(`${things.slice(0, most).join(', ')}${more}: ${why}`, { width, first: '  ' });
  });
  return ['', 'not seen', ...lines];
}

function costLine({ seconds, cost }: Observed): string {
  const { cpuPercent, cpuMs, beforeCpuMs, looks } = cost;
  return `looked for ${seconds.toFixed(0)} s, ${looks} times at what is in flight; cost: ${cpuPercent.toFixed(2)} % of one CPU (${cpuMs.toFixed(0)} ms), and ${beforeCpuMs.toFixed(0)} ms to find the devices`;
}
