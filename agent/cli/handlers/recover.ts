// `recover`: finishes the unwind of every interrupted run.

import { unmetPrivilege } from '../../host/facts/capabilities.ts';
import { nativeFailure } from '../../host/kernel/libc.ts';
import { recoverAll } from '../../host/session/recovery.ts';
import { PrivilegeError } from '../../lib/errors.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { leftToOthersWords } from '../../report/words/left-to-others.ts';

/** Throws ResidueError when something could not be undone, BusyError while a run is going on. */
export async function recover(options: { verbose: boolean; print: (text: string) => void }): Promise<ExitName> {
  const unmet = await unmetPrivilege();
  if (unmet) throw new PrivilegeError(`restoring the host: ${unmet.message}`, unmet.hint);
  const native = nativeFailure();
  if (native !== undefined)
    process.stderr.write(
      `layerlift: ${native}; dmsetup, rmmod and sysfs are used in its place (a vduse device, and the number of a loop device, cannot be removed without it)\n`,
    );
  const recovered = await recoverAll({
    holder: 'recover',
    onLeft: (left) => void process.stderr.write(`layerlift: ${leftToOthersWords(left)}\n`),
    onUndo: (line) => {
      if (options.verbose && line) process.stderr.write(`undo: ${line}\n`);
    },
  });
  if (recovered.length === 0) options.print('nothing to recover: no interrupted run on this host\n');
  for (const { run, undone, endedByReboot } of recovered) {
    options.print(
      endedByReboot
        ? `run ${run}: ended by a reboot, nothing is left of it\n`
        : `run ${run}: ${undone} steps undone, the host is as it was\n`,
    );
  }
  return 'ok';
}
