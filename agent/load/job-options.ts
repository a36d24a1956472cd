// Which options of fio a user's job file may have (pure). What is not named here is refused: fio has options that write
// other files and disks (`mem=mmapshared:/dev/sdb`), run programs, change sysfs or the scheduler, and gains new ones.

import type { Problem } from '../lib/errors.ts';
import type { LeftOutAbout } from '../lib/job-change.ts';

/** Engines that do block I/O on the file they are given, and nothing else. */
export const engines: ReadonlySet<string> = new Set([
  ...['libaio', 'io_uring', 'psync', 'sync', 'vsync', 'pvsync', 'pvsync2', 'posixaio', 'mmap'],
]);

/** They say what I/O a guest does, by all names that fio has for them (`fio --cmdhelp=all`, 3.33). */
export const accepted: ReadonlySet<string> = words(`
  thread direct ioengine numjobs mem iomem kb_base
  rw readwrite rwmixread rwmixwrite rw_sequencer percentage_random
  bs blocksize bsrange blocksize_range bssplit ba blockalign bs_unaligned blocksize_unaligned
  iodepth iodepth_low iodepth_batch iodepth_batch_submit iodepth_batch_complete iodepth_batch_complete_min
  iodepth_batch_complete_max serialize_overlap
  offset fileoffset offset_increment offset_align zonemode zonesize zonerange zoneskip
  randrepeat allrandrepeat randseed norandommap random_generator random_distribution random_sequence_stride
  rate rate_iops rate_process rate_cycle ratecycle rate_ignore_thinktime
  thinktime thinktime_spin thinktime_blocks thinktime_blocks_type thinktime_iotime flow flow_id flow_sleep
  fsync fdatasync write_barrier sync_file_range sync end_fsync fsync_on_close invalidate fadvise_hint write_hint
  verify do_verify verify_interval verify_offset verify_pattern verify_fatal verify_async verify_backlog
  verify_backlog_batch verify_write_sequence verify_header_seed continue_on_error
  zero_buffers refill_buffers scramble_buffers buffer_pattern buffer_compress_percentage buffer_compress_chunk
  dedupe_percentage dedupe_mode dedupe_working_set_percentage dedupe_global
  hipri hipri_percentage fixedbufs registerfiles nonvectored uncached nowait force_async userspace_reap
`);

/** Harmless, and in many job files, but the run's to decide: left out whatever their value, and told by these kinds. */
const decided: Readonly<Record<LeftOutAbout, ReadonlySet<string>>> = {
  files: words(`
    filename directory filename_format unique_filename nrfiles openfiles open_files file_service_type filetype
    create_serialize create_fsync create_on_open create_only allow_file_create allow_mounted_write
    fallocate overwrite file_append fill_device fill_fs unlink unlink_each_loop pre_read lockfile
    verify_state_load verify_state_save experimental_verify job_max_open_files
  `),
  length: words(`
    runtime timeout time_based ramp_time ramp_size loops startdelay start_delay number_ios io_size io_limit
    exitall exit_what exitall_on_error steadystate ss steadystate_duration ss_dur steadystate_ramp_time ss_ramp
    steadystate_check_interval ss_interval
  `),
  output: words(`
    write_bw_log write_lat_log write_iops_log write_hist_log write_iolog bandwidth_log latency_log iops_log
    log_avg_msec log_window_value log_max_value log_hist_msec log_hist_coarseness log_offset log_prio log_issue_time
    log_compression log_compression_cpus log_store_compressed log_unix_epoch log_alternate_epoch
    log_alternate_epoch_clock_id log_entries per_job_logs bwavgtime iopsavgtime
    group_reporting unified_rw_reporting new_group unit_base significant_figures percentile_list clat_percentiles
    lat_percentiles slat_percentiles block_error_percentiles disk_util stats
    gtod_reduce disable_lat disable_clat disable_slat disable_bw disable_bw_measurement
    verify_dump error_dump
  `),
  cpus: words(`
    cpus_allowed cpumask cpus_allowed_policy verify_async_cpus numa_cpu_nodes numa_mem_policy nice lockmem
    clocksource gtod_cpu hugepage-size
  `),
  // fio 3.33 of Debian hangs as soon as I/O is offloaded.
  submission: words('io_submit_mode sqthread_poll sqthread_poll_cpu threads use_thread'),
  priority: words(`
    prio prioclass priohint cmdprio cmdprio_class cmdprio_hint cmdprio_percentage cmdprio_bssplit
  `),
  conditions: words(`
    latency_target latency_window latency_percentile latency_run iodepth_mode max_latency latency_max
    rate_min ratemin rate_iops_min ignore_error
  `),
};

/** Left out, and told on their own where they change something: what they say is taken over in another way. */
const readElsewhere: ReadonlySet<string> = words(`
  name description size filesize buffered stonewall wait_for_previous wait_for
`);

/** All that is left out of the text that fio gets. */
export const leftOut: ReadonlySet<string> = new Set([
  ...Object.values(decided).flatMap((names) => [...names]),
  ...readElsewhere,
]);

/** The reason why the option is left out; undefined: there is none, or nothing is lost with it. */
export function aboutOf(option: string): LeftOutAbout | undefined {
  const found = Object.entries(decided).find(([, names]) => names.has(option));
  return found?.[0] as LeftOutAbout | undefined;
}

export function optionsAbout(about: LeftOutAbout): Iterable<string> {
  return decided[about];
}

/** Names and values of older versions of fio, as this one has them. */
export function asNow(option: string, value: string | undefined): readonly [string, string | undefined] {
  return option === 'rate_poisson' ? ['rate_process', value === '0' ? 'linear' : 'poisson'] : [option, value];
}

/** Jobs of a guest, over all sections of its file: each is a thread with buffers of its own. */
export const mostJobs = 256;

/** Why an option is refused that people have in job files, and what they can write instead. */
const refused: readonly { readonly names: ReadonlySet<string>; readonly why: string; readonly instead: string }[] = [
  {
    names: words('exec_prerun exec_postrun'),
    why: 'it starts a program',
    instead: 'leave it out, and start the program yourself before or after the run',
  },
  {
    names: words(`read_iolog read_iolog_chunked replay_align replay_no_stall replay_redirect replay_scale replay_skip
      replay_time_scale merge_blktrace_file merge_blktrace_iters merge_blktrace_scalars`),
    why: 'a recorded trace comes to its end, and each slice would see another part of it',
    instead: 'describe the mix of the trace with rw, rwmixread, bssplit, rate_iops and random_distribution',
  },
  {
    names: words('opendir'),
    why: 'it opens whatever lies in a folder of the host',
    instead: 'leave it out: each guest has a block device',
  },
  {
    names: words('uid gid'),
    why: 'the run decides who does the I/O',
    instead: 'leave it out',
  },
  {
    names: words('cgroup cgroup_weight cgroup_nodelete'),
    why: 'each guest is in a cgroup of the run',
    instead: 'leave it out; limits are keys of `guests` in the profile',
  },
  {
    names: words('ioscheduler'),
    why: 'it changes the host',
    instead:
      'leave it out, and set the scheduler of the device before the run (echo NAME >/sys/block/DISK/queue/scheduler)',
  },
  {
    names: words('trim_percentage trim_verify_zero trim_backlog trim_backlog_batch'),
    why: 'discards are not counted as goodput',
    instead: 'leave it out: reads and writes are measured',
  },
  {
    names: words(
      'max_open_zones job_max_open_zones ignore_zone_limits read_beyond_wp zone_reset_threshold zone_reset_frequency zonecapacity',
    ),
    why: 'it is for zoned disks, and fio would reset their zones',
    instead: 'leave it out, with zonemode=none or strided',
  },
  {
    names: words('atomic'),
    why: 'atomic writes do not pass through the junctions between the layers',
    instead: 'leave it out',
  },
  {
    names: words('verify_only'),
    why: 'it checks what an earlier run wrote, and the lane of a guest is a new one',
    instead: 'leave it out, and let the job write what it checks (rw=randrw, verify=crc32c)',
  },
  {
    names: words('profile'),
    why: 'it stands for options that are not in the file',
    instead: 'write the sections out',
  },
];

interface Rule {
  readonly fits: (value: string) => boolean;
  readonly expected: string;
}

const mode: Rule = { fits: (value) => !value.includes('trim'), expected: 'reads or writes: discards are not counted' };
const memory: Rule = {
  fits: (value) => /^(malloc|shm|mmap)$/.test(value),
  expected: 'malloc, shm or mmap, and no file',
};
const pattern: Rule = {
  fits: (value) => /^[%\w-]+$/.test(value),
  expected: 'a number such as 0xdeadbeef, without quotes: fio reads what is quoted from a file',
};

/** The allowed values, where others would reach beyond the guest or be counted wrongly. */
const rules: ReadonlyMap<string, Rule> = new Map([
  ['rw', mode],
  ['readwrite', mode],
  [
    'ioengine',
    {
      fits: (value) => engines.has(value),
      expected: `one of ${[...engines].join(', ')}: they do block I/O on the device of the guest`,
    },
  ],
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
    const known = refused.find(({ names }) => names.has(option));
    if (known) return { message: `the option ${option} is not accepted: ${known.why}`, hint: known.instead };
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
