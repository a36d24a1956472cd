// Deaths of a run as a table: from where it was started, what strikes it and when, how it must end, and how soon. The runner
// makes shell lines of each row, tries all in one boot of the lab, and looks whether the host is as found.

import { expect, test } from 'vitest';
import { inLab, kernelFaults, type LabOptions, type LabResult } from './lab.ts';

type Signal = 'INT' | 'TERM' | 'HUP' | 'PIPE' | 'KILL';

/** `terminal`: of a run that was started there; `daemon`: one that serves a virtio ring. */
type Victim = 'agent' | 'watchdog' | 'terminal' | 'fio' | 'daemon';

/**
 * What is more than a signal to one process. `KILL cgroup`, `end memory`: of the cgroup from which the run was started. `fill
 * memory`: of the machine, by a unit of its own. `hold media`: the row's shell opens a device of the run; `for a moment`: another
 * program does, which lets go before a run gives up.
 */
type Blow =
  | 'KILL cgroup'
  | 'end memory'
  | 'fill memory'
  | 'suspend media'
  | 'hold media'
  | 'hold media for a moment'
  | 'cut network'
  | 'await watchdog';

/** One act. */
export type Strike = `${Signal} ${Victim}` | Blow | `wait ${number} s`;

export interface Death {
  readonly name: string;
  /**
   * Left out: a shell. `closing pipe`: its output goes to a reader that leaves at once. `first to go`: a unit of systemd which
   * the kernel takes first when memory ends.
   */
  readonly from?: 'terminal' | 'cgroup' | 'closing pipe' | 'first to go';
  /** The run that is struck, where it is not the one of all rows. */
  readonly profile?: string;
  /** More arguments of the run. */
  readonly args?: string;
  /** Shell lines before it, when the strike is due, and after it, for what the row's words do not say. */
  readonly before?: string;
  readonly first?: string;
  readonly after?: string;
  /** Shell lines once it has ended, by which the host becomes as found where it cannot by itself. */
  readonly mend?: string;
  /** So many seconds `ip` takes before it adds a namespace; the strike falls while it waits. Left out: in the first slice. */
  readonly slowIp?: number;
  /** In this order. None: the run comes to its end by itself. */
  readonly strike: readonly Strike[];
  /** Exit codes, one of which it must have. `any`: it has none that is its own. */
  readonly expect: readonly number[] | 'any';
  /**
   * Seconds from the first strike, or without one from the start, until the run has ended and its journal is gone: twice what is usual
   * on a quiet machine. See `slownessIn`.
   */
  readonly within: number;
  /** What it says on stderr. */
  readonly says?: RegExp;
  /** What it does not say there. */
  readonly saysNot?: RegExp;
  /** What `after` prints. */
  readonly prints?: string;
}

/** The end of the memory of the run's cgroup. */
export const endOfMemory: Death = {
  name: 'memory of the cgroup',
  ...{ from: 'cgroup', strike: ['end memory'], expect: 'any', within: 90 },
  after: `echo "oom $(grep -c 'oom_kill [1-9]' $unit/memory.events)"; echo max >$unit/memory.max`,
  prints: 'oom 1',
};

/** Deaths of a run's load, and of all that it is with its guests, on any machine. */
export const deathsOfTheLoad: readonly Death[] = [
  { name: 'fio', strike: ['KILL fio'], expect: [30], within: 45 },
  { name: 'cgroup', from: 'cgroup', strike: ['suspend media', 'KILL cgroup'], expect: [137], within: 60 },
  endOfMemory,
];

/** Shell line after a row in which nothing is left: what `recover` says then. */
export const recovers = `said=$(layerlift recover) && [[ $said =~ 'the host is as it was'|'nothing to recover' ]] && echo recovered`;

/** `silent`: nothing that is struck lies below I/O, so that the kernel complains of nothing. */
type Options = LabOptions & { readonly silent?: true };

/** What somebody else holds is named, and is gone once they let go and `recover` was called. */
export const held: Death = {
  name: 'held',
  ...{ strike: ['hold media', 'TERM agent'], expect: [40], within: 60 },
  says: /EBUSY.*process \d+ \(bash\) has dm-\d+ open/,
  mend: 'exec 9<&-; layerlift recover >/dev/null',
};

/** `path`: a parameter of a driver that is loaded, which a run sets while it makes its own devices. `value`: another than both. */
export const setByOthers = (path: string, value: string): Death => ({
  name: 'a parameter that somebody else sets in mid-run',
  before: `was=$(<${path})`,
  first: `meanwhile=$(<${path}); echo ${value} >${path}`,
  ...{ strike: ['TERM agent'], expect: [143], within: 60 },
  mend: `kept=$(<${path}); echo "$was" >${path}`,
  after: '[ "$meanwhile" = "$was" ] && echo "put back at once, then $kept"',
  prints: `put back at once, then ${value}`,
});

const media = `$(dmsetup ls | grep -o '^layerlift-[^[:space:]]*-J-media')`;

// Where no udev runs there is no /dev/mapper.
const mediaNode = `/dev/dm-$(dmsetup info -c --noheadings -o minor ${media})`;

const victims: Readonly<Record<Victim, string>> = {
  agent: '$pid',
  // Of a run that was started in a terminal, $pid is the terminal's.
  terminal: '$pid',
  watchdog: "$(pgrep -f '[l]ayerlift-watchdog')",
  fio: '$(pgrep -x fio | head -1)',
  // The kernel keeps 15 characters of a name.
  daemon: '$(pgrep -x qemu-storage-da | head -1)',
};

const blows: Readonly<Record<Blow, string>> = {
  'KILL cgroup': 'echo 1 >$unit/cgroup.kill',
  'end memory': 'echo 8M >$unit/memory.max',
  // It takes more and more, and ends at the hands of the kernel. systemd stops a unit of which the kernel has killed a process
  // (OOMPolicy=, systemd.service(5)): it must not be that of the run.
  'fill memory': 'systemd-run --quiet --collect --unit=lab-hog tail /dev/zero',
  'suspend media': `dmsetup suspend --noflush --nolockfs ${media} || missed=1`,
  'hold media': `exec 9<${mediaNode} || missed=1`,
  'hold media for a moment': `sleep 6 <${mediaNode} &`,
  'await watchdog': `await 10 pgrep -f '[l]ayerlift-watchdog' >/dev/null`,
  // The initiator's end of the link, in its own namespace.
  'cut network': `ns=$(ls /run/netns | grep ini); ip -n $ns link set $(ip -n $ns -o link | grep -o 'll[0-9a-f]*h') down || missed=1`,
};

const isBlow = (strike: Strike): strike is Blow => strike in blows;

function shellOf(strike: Strike): string {
  if (isBlow(strike)) return blows[strike];
  const [what = '', whom = ''] = strike.split(' ');
  return what === 'wait' ? `sleep ${whom}` : `kill -${what} ${victims[whom as Victim]} || missed=1`;
}

const prepared = `
unit=/sys/fs/cgroup/unit; echo +memory >/sys/fs/cgroup/cgroup.subtree_control; mkdir $unit
confined() { echo $BASHPID >$unit/cgroup.procs; exec "$@"; }
now() { echo \${EPOCHREALTIME/./}; }
there_or_ended() { filled "$1" || ended $pid; }
pace() { local from=$(now); layerlift --version >/dev/null; echo $(( ($(now) - from) / 100000 )) >>"$LAB_OUT/pace"; }
preload; inventory before; pace
`;

/** Tenths of a second that the agent takes to start in a lab on a quiet machine. */
const usualPace = 45;
/** A machine that is slower than this fails. */
const mostSlow = 4;

/** How many times longer than usual its agent took to start, of the times before the first row and after the last. */
function slownessIn(lab: LabResult): number {
  const slowest = Math.max(...lab.file('pace').trim().split('\n').map(Number));
  return Math.min(mostSlow, Math.max(1, slowest / usualPace));
}

const starts = {
  shell: (run: string) => `${run} >/dev/null 2>"$dir/err" & pid=$!`,
  cgroup: (run: string) => `confined ${run} >/dev/null 2>"$dir/err" & pid=$!`,
  terminal: (run: string) => `script -qec "exec ${run} 2>'$dir/err'" /dev/null </dev/null >/dev/null 2>&1 & pid=$!`,
  'closing pipe': (run: string) =>
    `( { ${run} -v 2>&1; echo $? >"$dir/own"; } | head -n 3 >/dev/null; exit $(cat "$dir/own") ) & pid=$!`,
  'first to go': (run: string) =>
    `systemd-run --quiet --wait --pipe --collect --unit=lab-agent --working-directory=$PWD -p OOMScoreAdjust=1000 -- ${run} >/dev/null 2>"$dir/err" & pid=$!`,
} as const;

const slowIp = (seconds: number): string => `
ip=$(readlink -f "$(command -v ip)"); cp -f "$ip" /tmp/ip; rm -f /tmp/begun
printf '%s\\n' '#!/bin/sh' 'case "$*" in *netns\\ add*) echo >/tmp/begun; sleep ${seconds} ;; esac' 'exec /tmp/ip "$@"' >/tmp/slow
chmod +x /tmp/slow; mount --bind /tmp/slow "$ip"`;

const waitsFor = ({ slowIp }: Death): string => (slowIp === undefined ? "'/tmp/runs/*/slices.ndjson'" : '/tmp/begun');

/** It leaves `rc`, `seconds`, `missed`, `err`, `diff` and `prints` in a folder of the row's name. */
function scriptOf(death: Death, whole: string): string {
  const { name, from = 'shell', profile = whole, args = '', strike, within } = death;
  const { before = ':', mend = ':', after = ':' } = death;
  const run = `node agent/dist/main.js run ${profile} --no-caps --runs /tmp/runs ${args}`;
  const strikes = `await 90 there_or_ended ${waitsFor(death)}; ${death.first ?? ':'}; began=$(now)\n${strike.map(shellOf).join('\n')}`;
  return `
name='${name}'; dir="$LAB_OUT/$name"; mkdir -p "$dir"; rm -rf /tmp/runs; missed=
{ ${before}
}${death.slowIp === undefined ? '' : slowIp(death.slowIp)}
began=$(now)
${starts[from](run)}
${strike.length === 0 ? '' : strikes}
timeout ${mostSlow * within} tail -s 0.1 --pid=$pid -f /dev/null || { missed=hangs; kill -KILL $pid; }
wait $pid 2>/dev/null; echo $? >"$dir/rc"
{ ${mend}
}
await 30 no_run
echo $(( ($(now) - began) / 100000 )) >"$dir/tenths"
${death.slowIp === undefined ? '' : 'umount -l "$ip"'}
sleep 0.5; inventory "$name/after"
diff "$LAB_OUT/before" "$dir/after" >"$dir/diff"
{ ${after}
} >"$dir/prints"
echo "$missed" >"$dir/missed"`;
}

/** All rows in one boot, one after the other. `profile` is the run that is struck where a row names no other. `setUp`: shell lines before all. */
export function testDeaths(
  title: string,
  profile: string,
  deaths: readonly Death[],
  options: Options = {},
  setUp = ':',
): void {
  test(title, async () => {
    const lab = await inLab(
      `${setUp}\n${prepared}${deaths.map((one) => scriptOf(one, profile)).join('\n')}\npace`,
      options,
    );
    const slowness = slownessIn(lab);
    expect(lab.status, lab.stderr).toBe(0);
    for (const death of deaths) {
      const file = (what: string): string => lab.file(`${death.name}/${what}`).trim();
      const error = `${death.name}: ${file('err')}`;
      expect(file('missed'), `${death.name} was not struck as its row says, or hangs`).toBe('');
      if (death.expect !== 'any') expect(death.expect.map(String), error).toContain(file('rc'));
      expect(file('diff'), `${death.name}: the host is not as found`).toBe('');
      const seconds = Number(file('tenths')) / 10;
      const within = Math.round(death.within * slowness);
      console.info(`${death.name}: ${seconds} s of ${within} s`);
      expect(seconds, `${death.name}: seconds`).toBeLessThanOrEqual(within);
      if (death.says) expect(file('err'), death.name).toMatch(death.says);
      if (death.saysNot) expect(file('err'), death.name).not.toMatch(death.saysNot);
      expect(file('prints'), death.name).toBe(death.prints ?? '');
    }
    if (options.silent) expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
    lab.dispose();
  });
}
