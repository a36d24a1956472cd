// Which options of fio a user's job file may have (pure). What is not named here is refused: fio has options that write
// other files and disks (`mem=mmapshared:/dev/sdb`), run programs, change sysfs or the scheduler, and gains new ones.

import type { Problem } from '../lib/errors.ts';

/** Engines that do block I/O on the file they are given, and nothing else. */
export const engines: ReadonlySet<string> = new Set([
  ...['libaio', 'io_uring', 'psync', 'sync', 'vsync', 'pvsync', 'pvsync2', 'posixaio', 'mmap'],
]);

/** They say what I/O a guest does, by all names that fio has for them (`fio --cmdhelp=all`, 3.33). */
export const accepted: ReadonlySet<string> = words(`
  name description thread direct ioengine numjobs mem iomem kb_base
  rw readwrite rwmixread rwmixwrite rw_sequencer percentage_random
  bs blocksize bsrange blocksize_range bssplit ba blockalign bs_unaligned blocksize_unaligned
  iodepth iodepth_low iodepth_batch iodepth_batch_submit iodepth_batch_complete iodepth_batch_complete_min
  iodepth_batch_complete_max io_submit_mode serialize_overlap
  offset fileoffset offset_increment offset_align zonemode zonesize zonerange zoneskip
  randrepeat allrandrepeat randseed norandommap random_generator random_distribution
  rate rate_iops rate_process rate_cycle ratecycle rate_ignore_thinktime
  thinktime thinktime_spin thinktime_blocks thinktime_blocks_type thinktime_iotime flow flow_id flow_sleep
  fsync fdatasync write_barrier sync_file_range sync end_fsync fsync_on_close invalidate fadvise_hint write_hint
  verify do_verify verify_interval verify_offset verify_pattern verify_fatal verify_async verify_backlog
  verify_backlog_batch continue_on_error
  zero_buffers refill_buffers scramble_buffers buffer_pattern buffer_compress_percentage buffer_compress_chunk
  dedupe_percentage dedupe_mode dedupe_working_set_percentage dedupe_global
  hipri hipri_percentage fixedbufs registerfiles nonvectored uncached nowait force_async userspace_reap
`);

/** Harmless, and in many job files; but where, how much, how long and how it is counted is the run's to decide. */
export const leftOut: ReadonlySet<string> = words(`
  filename size filesize buffered runtime timeout time_based ramp_time loops startdelay
  number_ios io_size io_limit exitall exit_what exitall_on_error stonewall wait_for_previous
  group_reporting unified_rw_reporting new_group unit_base significant_figures percentile_list clat_percentiles lat_percentiles slat_percentiles disk_util
  gtod_reduce disable_lat disable_clat disable_slat disable_bw disable_bw_measurement
`);

/** Jobs of a guest, over all sections of its file: each is a thread with buffers of its own. */
export const mostJobs = 256;

interface Rule {
  readonly fits: (value: string) => boolean;
  readonly expected: string;
}

const mode: Rule = { fits: (value) => !value.includes('trim'), expected: 'reads or writes' };
const memory: Rule = {
  fits: (value) => /^(malloc|shm|mmap)$/.test(value),
  expected: 'malloc, shm or mmap, and no file',
};
const pattern: Rule = {
  fits: (value) => /^[%\w-]+$/.test(value),
  expected: 'a number such as 0xdeadbeef, without quotes: fio reads what is quoted from a file',
};

/** What the value must be, where others would reach beyond the guest or be counted wrongly. */
const rules: ReadonlyMap<string, Rule> = new Map([
  ['rw', mode],
  ['readwrite', mode],
  ['ioengine', { fits: (value) => engines.has(value), expected: `one of ${[...engines].join(', ')}` }],
  ['mem', memory],
  ['iomem', memory],
  ['verify', { fits: (value) => /^[\w-]+$/.test(value), expected: 'the name of a check, such as crc32c' }],
  ['verify_pattern', pattern],
  ['buffer_pattern', pattern],
  // On a zoned device, fio resets zones.
  ['zonemode', { fits: (value) => ['none', 'strided'].includes(value), expected: 'none or strided' }],
  ['iodepth', upTo(4096)],
  ['numjobs', upTo(mostJobs)],
  ['verify_async', upTo(64)],
]);

/** Undefined: the option may be used, with this value. */
export function problemOfOption(option: string, value: string | undefined): Omit<Problem, 'at'> | undefined {
  if (leftOut.has(option)) return undefined;
  if (!accepted.has(option)) {
    return {
      message: `the option ${option} is not accepted`,
      hint: 'leave it out; a job file may say what I/O a guest does, with rw, bs, iodepth, rate, verify and the like (profiles/README.md, Job files)',
    };
  }
  const rule = rules.get(option);
  if (!rule || rule.fits(value ?? '')) return undefined;
  return { message: `${option}=${value ?? ''} is not accepted`, hint: `expected ${rule.expected}` };
}

/** Plain digits: these numbers are read here too, and one with a unit of fio's (`1k`) would be misread. */
function upTo(most: number): Rule {
  const fits = (value: string): boolean => /^[1-9]\d{0,5}$/.test(value) && Number(value) <= most;
  return { fits, expected: `a whole number from 1 to ${most}` };
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
