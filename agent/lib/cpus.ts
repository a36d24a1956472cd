/** CPUs that are online, from the text of /proc/stat. */
export function countCpus(text: string): number {
  return text.match(/^cpu\d+ /gm)?.length ?? 0;
}

/** Such as `0-3,8` (Documentation/admin-guide/cputopology.rst). */
export function parseCpuList(text: string): ReadonlySet<number> {
  const parts = [...text.matchAll(/(\d+)(?:-(\d+))?/g)];
  return new Set(
    parts.flatMap(([, first, last]) => {
      const from = Number(first);
      return Array.from({ length: Number(last ?? first) - from + 1 }, (_, i) => from + i);
    }),
  );
}
