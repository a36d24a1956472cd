/** `sda` of `/dev/sda`: what the kernel calls it below /sys/block. */
export function deviceName(path: string): string {
  return path.replace(/^\/dev\//, '');
}
