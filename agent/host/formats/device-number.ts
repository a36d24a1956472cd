/** `major:minor` of what stat(2) calls st_rdev, in Linux' encoding (sys/sysmacros.h). */
export function deviceNumberOf(rdev: number): string {
  return `${(rdev >> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >> 12) & 0xfff00)}`;
}
