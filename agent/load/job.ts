// One guest's fio job as text (pure). Always time-based and without an end of its own: the run decides when it is over.

import type { Inline } from '../profile/profile.ts';
import { sectorBytes } from '../lib/units.ts';

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
}

/** The job of a workload that stands in the profile. */
export function inlineSections(workload: Inline): readonly JobSection[] {
  const { rw, rwmixread, bs, iodepth, ioengine, verify } = workload;
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
  ];
  return [{ name: 'guest', options }];
}

/** The same load with `depth` in flight; as it is where that is undefined. */
export function withDepth(sections: readonly JobSection[], depth: number | undefined): readonly JobSection[] {
  if (depth === undefined) return sections;
  return sections.map(({ name, options }) => ({
    name,
    options: [...options.filter(([key]) => key !== 'iodepth'), ['iodepth', `${depth}`]],
  }));
}

/** What of a workload shapes its I/O; the rest, such as its depth, rate and checks, is the cap probe's to decide. */
const shaping = /^(rw|readwrite|rwmixread|rwmixwrite|bs|blocksize|bssplit|bsrange|random_distribution|norandommap)$/;

/** The load of the cap probe: the I/O of the workload's first section, `depth` in flight, as fast as it is answered. */
export function capsSections(sections: readonly JobSection[], depth: number): readonly JobSection[] {
  const shape = sections[0]?.options.filter(([key]) => shaping.test(key)) ?? [];
  return [{ name: 'caps', options: [...shape, ['ioengine', 'libaio'], ['iodepth', `${depth}`]] }];
}

/** Do its reads check what they find? Then it cannot run on media that keep no data. */
export function verifies(sections: readonly JobSection[]): boolean {
  return sections.some(({ options }) => options.some(([key]) => key === 'verify'));
}

/** The complete job file. What layerlift must decide stands in each section, last, so that it wins. */
export function renderJob(sections: readonly JobSection[], target: JobTarget): string {
  const own: readonly (readonly [string, string | undefined])[] = [
    ['filename', target.device],
    ['size', `${target.sectors * sectorBytes}`],
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
  const ruled = new Set(own.map(([key]) => key));
  const render = ({ name, options }: JobSection): string =>
    [`[${name}]`, ...options.filter(([key]) => !ruled.has(key)).map(renderOption), ...own.map(renderOption)].join('\n');
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
  return sections.reduce((sum, { options }) => {
    const value = (key: string): number => Number(options.filter(([name]) => name === key).at(-1)?.[1] ?? 1) || 1;
    return sum + value('iodepth') * value('numjobs');
  }, 0);
}

function renderOption([key, value]: readonly [string, string | undefined]): string {
  return value === undefined ? key : `${key}=${value}`;
}
