// The kinds of guest, and what is true of each.

export const guestKinds = ['cgroup', 'domU'] as const;
export type GuestKind = (typeof guestKinds)[number];

interface GuestFacts {
  /** It has a kernel of its own: no cgroup limit of CPU or memory reaches into it, and no junction stands above its ring. */
  readonly ownKernel: boolean;
}

export const guestFacts: Readonly<Record<GuestKind, GuestFacts>> = {
  cgroup: { ownKernel: false },
  domU: { ownKernel: true },
};

/** Guests of a profile, in all groups together. */
export const mostGuests = 64;
