/** `major:minor` of what stat(2) calls st_rdev, in Linux' encoding (sys/sysmacros.h). */
export function deviceNumberOf(rdev: number): string {
  return `${(rdev >> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >> 12) & 0xfff00)}`;
}

/** `254:1` of `fe:1`, as blkback shows the device that it has opened, in sysfs and xenstore; undefined where it has none. */
export function deviceNumberOfHex(text: string | undefined): string | undefined {
  const hex = /^([\da-f]+):([\da-f]+)$/i.exec(text?.trim() ?? '');
  return hex ? `${Number.parseInt(hex[1] ?? '', 16)}:${Number.parseInt(hex[2] ?? '', 16)}` : undefined;
}
