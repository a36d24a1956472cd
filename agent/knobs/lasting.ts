// How a setting of the kernel lasts over a reboot, by where it stands: sentences with the file and the line to put into it.

/** `value`: as it is written to `path`. `how`: the change in the words of its own documents, where no file of the kernel's says it. */
export function lastingWords(path: string, value: string, how: string): readonly string[] {
  const parameter = /^\/sys\/module\/([^/]+)\/parameters\/([^/]+)$/.exec(path);
  if (parameter) {
    const [, module = '', name = ''] = parameter;
    return [
      `in /etc/modprobe.d/${module}.conf: \`options ${module} ${name}=${value}\` (modprobe.d(5)); it is read when the module is loaded`,
    ];
  }
  const attribute = /^\/sys\/block\/([^/]+)\/(.+)$/.exec(path);
  if (attribute) {
    const [, device = '', name = ''] = attribute;
    return [
      `in /etc/udev/rules.d/60-queue.rules: \`ACTION=="add|change", SUBSYSTEM=="block", KERNEL=="${device}", ATTR{${name}}="${value}"\` (udev(7)); better by a property of the disk than by the name ${device}`,
    ];
  }
  const sysctl = /^\/proc\/sys\/(.+)$/.exec(path)?.[1];
  if (sysctl !== undefined)
    return [`in /etc/sysctl.d/60-layerlift.conf: \`${sysctl.replaceAll('/', '.')} = ${value}\` (sysctl.d(5))`];
  return [how];
}
