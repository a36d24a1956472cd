// One guest's fio job as text (pure). Always time-based and without an end of its own: the run decides when it is over.

import type { Inline } from '../profile/profile.ts';
import { sum } from '../lib/numbers.ts';
import { sectorBytes } from '../lib/units.ts';
import { layoutOf, type Layout, type Place } from './place.ts';

export interface JobTarget {
  readonly guest: number;
  readonly device: string;
  readonly sectors: number;
  readonly seed: number;
  readonly runtimeS: number;
}

/** A section of a job file: its name and its options in order. */
export interface JobSection {
  readonly name: string;
  readonly options: readonly (readonly [string, string | undefined])[];
  /** Left out: it uses the whole lane. */
  readonly place?: Place;
}

/** They do one I/O at a time, whatever depth fio is told; one of them is fio's own default. */
const oneAtATime = new Set(['psync', 'sync', 'vsync', 'pvsync', 'pvsync2', 'mmap']);

/** The job of a workload that stands in the profile. */
export function inlineSections(workload: Inline): readonly JobSection[] {
  const { rw, rwmixread, bs, iodepth, ioengine, verify, rate, arrivals } = workload;
  const options: (readonly [string, string | undefined])[] = [
    ['rw', rw],
    ...(rwmixread === undefined ? [] : [['rwmixread', `${rwmixread}`] as const]),
    ['bs', `${bs}`],
    ['iodepth', `${iodepth}`],
    ['ioengine', ioengine],
    ...(verify === undefined
      ? []
      : ([
          ['verify', verify],
          ['verify_fatal', '1'],
          ['verify_backlog', '1024'],
        ] as const)),
    ...(rate === undefined ? [] : [['rate_iops', rateOf({ rw, rwmixread, rate })] as const]),
    ...(arrivals === 'poisson' ? [['rate_process', 'poisson'] as const] : []),
  ];
  return [{ name: 'guest', options }];
}

/** fio has a rate for each way (fio(1), `rate_iops`), and half of a mix are reads unless it says otherwise. */
function rateOf({ rw, rwmixread = 50, rate }: Pick<Inline, 'rw' | 'rwmixread'> & { readonly rate: number }): string {
  if (rw !== 'randrw' && rw !== 'rw') return `${rate}`;
  const reads = Math.round((rate * rwmixread) / 100);
  return `${Math.max(1, reads)},${Math.max(1, rate - reads)}`;
}

/** The same load with `depth` in flight; as it is where that is undefined. */
export function withDepth(sections: readonly JobSection[], depth: number | undefined): readonly JobSection[] {
  if (depth === undefined) return sections;
  return sections.map((section) => ({
    ...section,
    options: [...section.options.filter(([key]) => key !== 'iodepth'), ['iodepth', `${depth}`]],
  }));
}

/** The part of a workload that shapes its I/O; the rest, such as its depth, rate and checks, is the cap probe's to decide. */
const shaping = /^(rw|readwrite|rwmixread|rwmixwrite|bs|blocksize|bssplit|bsrange|random_distribution|norandommap)$/;

/** The load of the cap probe: the I/O of the workload's first section, `depth` in flight, as fast as it is answered. */
export function capsSections(sections: readonly JobSection[], depth: number): readonly JobSection[] {
  const shape = sections[0]?.options.filter(([key]) => shaping.test(key)) ?? [];
  return [{ name: 'caps', options: [...shape, ['ioengine', 'libaio'], ['iodepth', `${depth}`]] }];
}

/** Do its reads check what they find? Then it cannot run on media that keep no data. */
export function verifies(sections: readonly JobSection[]): boolean {
  return sections.some(({ options }) => !['', '0'].includes(optionOf(options, 'verify') ?? ''));
}

/** Does it check what it reads, and write nothing? Then it needs what somebody else wrote. */
export function onlyChecks(sections: readonly JobSection[]): boolean {
  return verifies(sections) && !writes(sections);
}

/** Where the sections do their I/O in a lane of so many bytes; undefined: all over it. */
export function layoutIn(sections: readonly JobSection[], laneBytes: number): Layout | undefined {
  const rows = sections.map(({ options, place }) => ({
    place,
    jobs: copiesOf(options),
    offset: optionOf(options, 'offset') ?? optionOf(options, 'fileoffset'),
    increment: optionOf(options, 'offset_increment'),
  }));
  return layoutOf(rows, laneBytes);
}

/** The complete job file. What layerlift must decide stands in each section, last, so that it wins. */
export function renderJob(sections: readonly JobSection[], target: JobTarget): string {
  const own: readonly (readonly [string, string | undefined])[] = [
    ['filename', target.device],
    ['direct', '1'],
    // One process a guest: the kernel ends it with the agent, and there is no fork that would be left over.
    ['thread', '1'],
    ['verify_state_save', '0'],
    ['time_based', '1'],
    ['runtime', `${target.runtimeS}`],
    ['randseed', `${target.seed}`],
    ['lat_percentiles', '1'],
    ['clat_percentiles', '0'],
    // What nobody reads makes a snapshot twice as long.
    ['disable_slat', '1'],
    ['disable_clat', '1'],
    ['disk_util', '0'],
  ];
  const laneBytes = target.sectors * sectorBytes;
  const layout = layoutIn(sections, laneBytes);
  const ruled = new Set([...own.map(([key]) => key), 'size', 'offset', 'fileoffset', 'offset_increment']);
  const render = ({ name, options }: JobSection, i: number): string => {
    const { offset, increment, bytes } = layout?.spans[i] ?? { offset: 0, increment: 0, bytes: laneBytes };
    const where: readonly (readonly [string, string])[] = [
      ['size', `${bytes}`],
      ...(offset > 0 ? [['offset', `${offset}`] as const] : []),
      ...(increment > 0 ? [['offset_increment', `${increment}`] as const] : []),
    ];
    const [first, ...rest] = own;
    return [
      `[${name}]`,
      ...[...options.filter(([key]) => !ruled.has(key)), ...(first ? [first] : []), ...where, ...rest].map(
        renderOption,
      ),
    ].join('\n');
  };
  return `; guest ${target.guest}\n${sections.map(render).join('\n\n')}\n`;
}

/** Does this workload write? Decides which media it may run on. */
export function writes(sections: readonly JobSection[]): boolean {
  return sections.some(({ options }) => {
    const mode = options.filter(([key]) => key === 'rw' || key === 'readwrite').at(-1)?.[1] ?? 'read';
    return !/^(rand)?read(:|$)/.test(mode);
  });
}

/** I/Os in flight that a guest offers. */
export function depthOf(sections: readonly JobSection[]): number {
  return sum(sections.map((section) => ownDepthOf(section) * copiesOf(section.options)));
}

/** I/Os in flight of each job of a section. */
export function ownDepthOf({ options }: JobSection): number {
  return engineAtATime(options) === undefined ? wholeOf(options, 'iodepth') : 1;
}

/** The engine of a section, where that does one I/O at a time. */
export function engineAtATime(options: JobSection['options']): string | undefined {
  const engine = optionOf(options, 'ioengine') ?? 'psync';
  return oneAtATime.has(engine) ? engine : undefined;
}

/** How many jobs do what the section says. */
export function copiesOf(options: JobSection['options']): number {
  return wholeOf(options, 'numjobs');
}

/** The last word on an option. */
export function optionOf(options: JobSection['options'], name: string): string | undefined {
  return options.findLast(([key]) => key === name)?.[1];
}

/** 1 where it says nothing. */
export function wholeOf(options: JobSection['options'], name: string): number {
  return Number(optionOf(options, name) ?? 1) || 1;
}

function renderOption([key, value]: readonly [string, string | undefined]): string {
  return value === undefined ? key : `${key}=${value}`;
}
