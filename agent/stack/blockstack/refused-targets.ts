// Targets that a profile cannot raise, whatever stands beneath (pure), each with what to write in its place; and targets that
// common kernels are built without.

/** A block beneath such a target is checked against what somebody wrote there before; nothing of ours has it. */
const refused: Readonly<Record<string, string>> = {
  verity:
    'verity loads on a read-only device alone, and checks each block against hashes that are not on the media here: leave it out, or put `crypt` or `delay` in its place for a cost like its own',
  zoned: 'zoned wants a disk with zones beneath, and the media here have none: write `linear`',
  vdo: 'vdo wants a volume that `vdoformat` has made, and the media here hold none: write `linear`',
};

/** Why a target is refused; undefined where it is not. */
export function refusalOf(target: string): string | undefined {
  return Object.hasOwn(refused, target) ? refused[target] : undefined;
}

const debianWithout: Readonly<Record<string, string>> = {
  clone: 'CONFIG_DM_CLONE',
  ebs: 'CONFIG_DM_EBS',
  dust: 'CONFIG_DM_DUST',
};

/** The message where the kernel has no such target. */
export function absenceOf(target: string): string {
  const option = Object.hasOwn(debianWithout, target) ? debianWithout[target] : undefined;
  return option === undefined
    ? `this kernel has no device-mapper target ${target}: correct its name, or leave its device out`
    : `this kernel has no target ${target} (${option} is off in Debian's kernels): leave its device out, or use a kernel that has it`;
}
