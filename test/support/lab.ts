// Boots the lab from a test, runs a script of shell lines there, and brings back what it printed and left.

import { execa } from 'execa';
import { mkdtempSync, readFileSync, rmSync, existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;

/** Twice what the longest test takes on a quiet machine; less than a test may take, so that the lab says what it was at. */
const deadlineS = 880;

/** Exit statuses of scripts/lab: its deadline has passed; the machine itself failed. */
const tooLate = 124;
const labFailed = 125;

export interface LabOptions {
  readonly kernel?: '6.1' | '6.12';
  /** As dom0 of Xen. */
  readonly xen?: boolean;
  /** A whole Debian host, with systemd and its services. */
  readonly distro?: boolean;
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
 * emulator has broken is booted once more.
 */
export async function inLab(script: string, options: LabOptions = {}): Promise<LabResult> {
  const first = await boot(script, options);
  if (!isBrokenByEmulator(first)) return first;
  console.warn('the emulator ran a breakpoint that the kernel had taken back: booting once more');
  first.dispose();
  return boot(script, options);
}

/**
 * Under multi-threaded TCG a CPU may run a breakpoint of the kernel's own code patching (text_poke) after it is gone, which
 * the kernel takes for a fault of its own. Nothing that runs in the machine causes that.
 */
function isBrokenByEmulator({ status, file }: LabResult): boolean {
  return status === labFailed && /Oops: int3: 0000/.test(file('console'));
}

async function boot(script: string, options: LabOptions): Promise<LabResult> {
  const out = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
  const argv = [
    ...['--kernel', options.kernel ?? '6.1', '--out', out, '--deadline', `${deadlineS}`],
    ...(options.xen ? ['--xen'] : []),
    ...(options.distro ? ['--distro'] : []),
    ...(options.memory === undefined ? [] : ['--memory', `${options.memory}`]),
    ...(options.disks ?? []).flatMap((disk) => ['--disk', disk]),
    ...['--', 'bash', '-c', `${prelude}\n${script}`],
  ];
  const result = await execa(join(root, 'scripts/lab'), argv, { cwd: root, reject: false, stdin: 'ignore' });
  const file = (name: string): string => (existsSync(join(out, name)) ? readFileSync(join(out, name), 'utf8') : '');
  return {
    status: result.exitCode ?? -1,
    stdout: result.stdout,
    stderr: result.exitCode === tooLate ? `${result.stderr}\n${endOf(file('console'))}` : result.stderr,
    file,
    runFolder: (runs) => `${runs}/${readdirSync(join(out, runs))[0] ?? ''}`,
    dispose: () => rmSync(out, { recursive: true, force: true }),
  };
}

/** Where it stood: the script's last commands, and what its processes waited for. */
const endOf = (text: string): string => text.split('\n').slice(-150).join('\n');

// What every script may use. `same A B` prints what differs, and fails then. The commands are told on the console, and shortly
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
