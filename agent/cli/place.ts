// Where layerlift lies on this host, and what follows from it.

/** Profiles of the site, for units and completion. */
export const siteProfiles = '/etc/layerlift/profiles';

/** Where run folders go by themselves: an installed layerlift has a place of its own, one in a folder uses the current folder. */
export function runsFor(moduleUrl: string): string {
  return moduleUrl.startsWith('file:///usr/') ? '/var/lib/layerlift/runs' : 'runs';
}
