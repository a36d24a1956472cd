/** CPUs that are online, from the text of /proc/stat. */
export function countCpus(text: string): number {
  return text.match(/^cpu\d+ /gm)?.length ?? 0;
}
