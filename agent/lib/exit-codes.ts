// The exit codes, in one table: sysexits for what did not come to measure, 20 and up for the outcomes of what did.

export const exitCodes = {
  ok: [0, 'completed, a verdict was given (also "no single layer")'],
  inconclusive: [20, 'inconclusive: noise, drift, goodput that does not settle, or too little time'],
  worse: [21, 'compare: the second run is worse than the first'],
  'case-wrong': [22, 'case: what was found is not what is planted in the case'],
  full: [23, 'observe: something in the path of a guest looks full'],
  'load-failed': [30, 'the load failed (fio error, guest out of memory); the host is restored'],
  impact: [
    31,
    'stopped because other tenants of the host suffered, others came to the disk, or by --stop-if; the host is restored',
  ],
  'host-failed': [32, 'a switch, a device or a part of the stack failed in mid-run; the host is restored'],
  residue: [40, 'THE HOST IS NOT AS FOUND: run `layerlift recover`'],
  usage: [64, 'bad usage of the command line'],
  'bad-input': [65, 'bad profile, job file or record'],
  unavailable: [69, 'a module, tool, device or target is missing, held or refuses'],
  internal: [70, 'internal error'],
  output: [74, 'the run folder or another output cannot be written'],
  busy: [75, 'another run holds this host, or one is left to recover'],
  'no-permission': [77, 'not root, or a capability is missing'],
  deadline: [124, 'the deadline passed; the host is restored'],
  hangup: [129, 'stopped by SIGHUP; the host is restored'],
  interrupt: [130, 'stopped by SIGINT; the host is restored'],
  terminate: [143, 'stopped by SIGTERM; the host is restored'],
} as const satisfies Record<string, readonly [number, string]>;

/** Who ended a run by the exit code `impact`: other tenants, the command of `--stop-if`, whoever came to the disk. */
export const stoppers = ['others', 'stop-if', 'disk-user'] as const;
export type Stopper = (typeof stoppers)[number];

export type ExitName = keyof typeof exitCodes;

export function exitCode(name: ExitName): number {
  return exitCodes[name][0];
}
