// Boots the lab from a test, runs a script of shell lines there, and brings back what it printed and left.

import { execa } from 'execa';
import { mkdtempSync, readFileSync, rmSync, existsSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emulatorFault } from './emulator-faults.ts';

const root = new URL('../..', import.meta.url).pathname;

/**
 * Four times what the longest test takes on a quiet machine: one whose owner gives its CPUs to others as well is half as fast, and
 * that is no fault of what is tested. Less than a test may take, so that the lab says what it was at.
 */
const deadlineS = 2400;

/** A machine whose pulse, which a loop of a shell gives each 5 s, stays out for that long does not run any more. */
const pulseLostS = 150;

/** Exit statuses of scripts/lab: its deadline has passed; the machine itself failed. */
const tooLate = 124;
const labFailed = 125;

export interface LabOptions {
  readonly kernel?: '6.1' | '6.12';
  /** As dom0 of Xen. */
  readonly xen?: boolean;
  /** A whole Debian host, with systemd and its services. */
  readonly distro?: boolean;
  /** There, in a login over ssh in place of a unit. */
  readonly login?: boolean;
  readonly memory?: number;
  readonly disks?: readonly string[];
}

export interface LabResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Text of a file in the out folder; empty where it does not exist. */
  readonly file: (name: string) => string;
  /** The only folder below a folder of runs. */
  readonly runFolder: (runs: string) => string;
  readonly dispose: () => void;
}

/**
 * `script` runs with bash in the project's folder; `layerlift`, `preload` and `inventory NAME` are at hand there. A machine that its
 * emulator has broken is booted once more. Throws where the script has not ended by the deadline, and says where it stood.
 */
export async function inLab(script: string, options: LabOptions = {}): Promise<LabResult> {
  const first = await boot(script, options);
  const broken = howBroken(first);
  if (broken === undefined) return inTime(first);
  console.warn(`${broken}: booting once more\n${endOf(first.file('console'), 40)}`);
  first.dispose();
  return inTime(await boot(script, options));
}

function inTime(result: Booted): LabResult {
  if (result.status !== tooLate && !result.lostPulse) return result;
  const what = result.lostPulse ? 'the machine has stopped' : `no end within ${deadlineS} s`;
  throw new Error(`${what}\n${result.stderr}\n${endOf(result.file('console'), 150)}`);
}

interface Booted extends LabResult {
  /** The machine ran no process any more: a script that hangs leaves the pulse alone. */
  readonly lostPulse: boolean;
}

/** How the emulator has broken the machine, if it has. */
function howBroken({ lostPulse, status, file }: Booted): string | undefined {
  if (lostPulse) return `the machine ran no process for ${pulseLostS} s`;
  return status === labFailed ? emulatorFault(file('console')) : undefined;
}

async function boot(script: string, options: LabOptions): Promise<Booted> {
  const out = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
  const argv = [
    ...['--kernel', options.kernel ?? '6.1', '--out', out, '--deadline', `${deadlineS}`],
    ...(options.xen ? ['--xen'] : []),
    ...(options.distro ? ['--distro'] : []),
    ...(options.login ? ['--login'] : []),
    ...(options.memory === undefined ? [] : ['--memory', `${options.memory}`]),
    ...(options.disks ?? []).flatMap((disk) => ['--disk', disk]),
    ...['--', 'bash', '-c', `${prelude}\n${script}`],
  ];
  const lab = execa(join(root, 'scripts/lab'), argv, { cwd: root, reject: false, stdin: 'ignore' });
  let lostPulse = false;
  const watch = setInterval(() => {
    if (!isPulseLost(join(out, 'pulse'))) return;
    lostPulse = true;
    lab.kill('SIGTERM');
  }, 5_000);
  const result = await lab;
  clearInterval(watch);
  const file = (name: string): string => (existsSync(join(out, name)) ? readFileSync(join(out, name), 'utf8') : '');
  return {
    status: result.exitCode ?? -1,
    stdout: result.stdout,
    stderr: result.stderr,
    lostPulse,
    file,
    runFolder: (runs) => `${runs}/${readdirSync(join(out, runs))[0] ?? ''}`,
    dispose: () => rmSync(out, { recursive: true, force: true }),
  };
}

/** One that has not begun is not lost. */
const isPulseLost = (path: string): boolean =>
  existsSync(path) && Date.now() - statSync(path).mtimeMs > pulseLostS * 1000;

/** Where it stood: the script's last commands, and what its processes waited for. */
const endOf = (text: string, lines: number): string => text.split('\n').slice(-lines).join('\n');

// What every script may use. `same A B` prints what differs, and fails then. `await SECONDS COMMAND...` tries until that succeeds,
// for four times as long as a quiet machine should take (see `deadlineS`), and starts no program by itself: a loop of `sleep` takes
// a third of a core. `filled PATTERN`: a file there is not empty; `ended
// PID`; `no_run`: none is left in the state folder. The commands are told on the console, and shortly
// before the deadline what hangs in the kernel; twice in the background, as a script that waits for its jobs must not for that.
const prelude = `
exec {trace}>/dev/console; BASH_XTRACEFD=$trace; set -x
( {
  set +x; sleep ${deadlineS - 60}
  for task in /proc/[0-9]*/task/*; do
    state=$(grep ^State: "$task/status")
    [[ $state == *'D ('* || $(tr '\\0' ' ' <"$task/cmdline") ]] || continue
    printf '%s %s %s\\n' "$task" "$(<"$task/comm")" "$state"
    [[ $state != *'D ('* ]] || cat "$task/stack"
  done 2>/dev/null >&$trace
} & )
exec {never}<> <(:)
# No program is started for it: tests count those that run.
( { set +x; echo -1000 >/proc/self/oom_score_adj; while echo >"$LAB_OUT/pulse"; do read -rt 5 -u $never; done; } & )
await() { local - tenths; set +x; for ((tenths = 40 * $1; tenths > 0; tenths--)); do "\${@:2}" 2>/dev/null && return; read -rt 0.1 -u $never; done; false; }
filled() { local file; for file in $1; do [[ ! -s $file ]] || return 0; done; false; }
ended() { ! kill -0 "$1"; }
no_run() { ! compgen -G '/run/layerlift/*/' >/dev/null; }
preload() { test/support/preload.sh; }
layerlift() { node agent/dist/main.js "$@"; }
inventory() { test/support/inventory.sh >"$LAB_OUT/$1"; }
same() { diff "$LAB_OUT/$1" "$LAB_OUT/$2" >&2; }
`;

/** Kernel messages that tell of a fault, from the guest's dmesg. */
export function kernelFaults(dmesg: string): readonly string[] {
  return dmesg
    .split('\n')
    .filter((line) =>
      /\b(BUG|WARNING|Oops|Call Trace|hung task|blocked for more than|I\/O error|lockdep)\b/.test(line),
    );
}
