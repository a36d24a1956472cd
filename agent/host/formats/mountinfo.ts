// Mounts, as a process sees them: /proc/PID/mountinfo (proc(5)).

export interface Mount {
  /** `major:minor`; of btrfs and its like an anonymous one that names no device. */
  readonly number: string;
  /** The folder of the file system that is mounted: not `/` for a bind. */
  readonly root: string;
  readonly point: string;
  readonly type: string;
  /** The source of the mount, such as `/dev/sda1`. */
  readonly source: string;
  /** By the mount, or by the whole file system. */
  readonly isReadOnly: boolean;
}

/**
 * In the order of the kernel: of several at a point the last one counts. The third field is `major:minor`, the fourth
 * the root, the fifth the mount point, the sixth the options of the mount; after ` - ` the type, the source, the options of the file system.
 */
export function parseMountinfo(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const [number, root = '', point, options = ''] = fields.slice(2);
    if (number === undefined || point === undefined) return [];
    const end = fields.indexOf('-', 5);
    const [type = '', source = '', ofAll = ''] = end < 0 ? [] : fields.slice(end + 1);
    const isReadOnly = [options, ofAll].some((some) => some.split(',').includes('ro'));
    return [{ number, root: unescaped(root), point: unescaped(point), type, source: unescaped(source), isReadOnly }];
  });
}

/** The kernel writes blanks, tabs, line ends and backslashes of a path as three octal digits. */
export function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
