/** Does a process live in the cgroup, or below it? By its cgroup.events. */
export function isPopulated(events: string | undefined): boolean {
  return /^populated 1$/m.test(events ?? '');
}
