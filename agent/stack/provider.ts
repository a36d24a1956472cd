// A provider: one way to realise a layer. It turns the lanes beneath it into the lanes above it.

import type { Mark } from '../host/facts/traces.ts';
import type * as z from 'zod';
import type { Claim } from '../host/guard/device-guard.ts';
import type { Host } from '../host/host.ts';
import type { Need } from '../host/needs/needs.ts';
import type { GuestKind } from '../lib/guest.ts';
import type { Layer, Role } from '../lib/layer.ts';
import type { StackNote } from '../lib/stack-note.ts';
import type { Domain, XenRing } from '../lib/xen.ts';
import type { Names } from './names.ts';

/** One block device that passes upward from a layer. */
export interface Lane {
  /** Node such as `/dev/dm-3`; symbolic in a dry run. */
  readonly device: string;
  /** Usable length in sectors of 512 bytes. */
  readonly sectors: number;
  /** The host's kernel threads that work for a guest's ring have names that begin so; absent where there are none. */
  readonly ringThreads?: string;
  /** The device whose page cache may hold what was written through this lane: it is written out at each switch. */
  readonly cachedIn?: string;
  /** The domain that has this lane as its disk: `device` is then what its ring's backend opens, in domain 0. */
  readonly domain?: Domain;
}

/** The medium's measures, known before anything is raised. */
export interface Geometry {
  readonly sectors: number;
  /** Logical block size in bytes: a stub must offer the same, or the device above would change its shape. */
  readonly blockBytes: number;
}

/** Everything that a provider may rely on while it raises itself. */
export interface Site {
  readonly host: Host;
  readonly names: Names;
  /** The lanes beneath: none for media, one or one a guest above it. */
  readonly under: readonly Lane[];
  /** The lane that was sliced into `under`, where that was done for this layer. */
  readonly shared?: Lane;
  readonly geometry: Geometry;
  readonly guests: number;
  /** CPUs of the host: a stub gets a queue for each. */
  readonly cpus: number;
  /** False: reads only, and the media layer enforces it. */
  readonly writable: boolean;
  /** The real device of the profile, as it was found; absent where it has none. */
  readonly claim?: Claim;
}

/** The medium by the settings of a bottom layer: a real device to be looked at, or the measures themselves. */
export type Medium =
  | { readonly kind: 'device'; readonly path: string; readonly writable: boolean }
  | { readonly kind: 'measures'; readonly bytes: number; readonly blockBytes: number };

/** The lanes that a provider would make of lanes of a known length, before anything is raised. */
export interface Outline {
  readonly notes: readonly StackNote[];
  /** Sentences on whatever does not fit, each with the place in the provider's settings. */
  readonly problems: readonly string[];
  /** It writes to the media while it is raised. */
  readonly writes: boolean;
  /** Logical block of its lanes where it is larger than that of the media, bytes. */
  readonly blockBytes?: number;
}

export interface Apart {
  /** A clause on its own. */
  readonly why: string;
  /** A load that verifies, which would find the other form's data; or any stub, as data of the guests would be lost. */
  readonly refuses: 'verify' | 'stubs';
  /** A hint: the text to write in the profile. */
  readonly instead: string;
}

export interface Configured {
  readonly needs: readonly Need[];
  /** `only`: as the provider's; set when it is configured for a profile. */
  readonly reads?: ProviderFacts['reads'];
  /** Absent where the settings say nothing of the medium. */
  readonly medium?: Medium;
  /** Media only: what is written is gone, and reads give zeros. */
  readonly forgets?: boolean;
  /** `one`: a single shared lane; `per-guest`: the lanes are fanned out beneath it. */
  readonly lanes: 'one' | 'per-guest';
  /** `sectors`: of the lane beneath it; `slice`: of a guest's part of that, the same where the lanes are one a guest. */
  readonly outline?: (lane: { readonly sectors: number; readonly slice: number; readonly guests: number }) => Outline;
  /** Its form and the other one do not show the same data: absent where they do. */
  readonly apart?: Apart;
  /** Stub of a ring only: I/O ends in it after this time, and what lies beneath the ring is to take as long. */
  readonly endsIo?: { readonly latencyNs: number };
  /** Ring only: how many I/Os each guest's ring can hold. Absent if the settings do not say. */
  readonly holds?: number;
  /** Xen's rings only, as far as the settings fix it; `frontend`: whose grants the ring takes. */
  readonly xenRing?: XenRing;
  /** Applies steps through the host and gives the lanes above. There is no `lower`: the journal unwinds. */
  readonly raise: (site: Site) => Promise<readonly Lane[]>;
}

/** Facts on a provider for others; each is absent where it does not hold. */
export interface ProviderFacts {
  /** Layers beneath that it brings along: they cannot be switched apart, so a profile must not name them. */
  readonly covers?: readonly Layer[];
  /** `only`: its data is never written, whatever the load. */
  readonly reads?: 'only';
  /**
   * Stub only: it stands for one provider alone, and has the settings named in `takes` from that one where the profile does not
   * say. I/O ends in it, so a profile with it has no layer beneath.
   */
  readonly standsFor?: { readonly provider: string; readonly takes: readonly string[] };
  /** The only kind of guest that it serves, and the ring that such guests have where a profile names none. */
  readonly guest?: GuestKind;
  /** Traces that a run of it leaves behind if nothing is undone, beside device-mapper devices, cgroups and files in /run. */
  readonly marks?: readonly Mark[];
  /** The stub of its layer that stands for it where a profile names none; else the first one. */
  readonly stub?: string;
  /** With `guest`: the provider to use for other guests. */
  readonly instead?: string;
  /** Its settings that set a knob of the host, by the knob's id (`knobs/ids.ts`): each in the unit of the command that changes it. */
  readonly knobs?: Readonly<Record<string, string>>;
}

export interface Provider extends ProviderFacts {
  readonly layer: Layer;
  /** As written in a profile. */
  readonly name: string;
  readonly roles: readonly Role[];
  /** One sentence: what it realises. Shown by `doctor` and in reports. */
  readonly about: string;
  readonly settings: z.ZodType;
  /** The least settings that are valid; absent where none are needed. */
  readonly example?: unknown;
  /** `settings` must have passed the schema. */
  readonly configure: (settings: unknown) => Configured;
}

/** Ties a schema to the code that uses its output, so that the registry needs no generics. */
export function defineProvider<S extends z.ZodType>(
  provider: ProviderFacts & {
    readonly layer: Layer;
    readonly name: string;
    readonly roles: readonly Role[];
    readonly about: string;
    readonly settings: S;
    readonly example?: z.input<S>;
    readonly configure: (settings: z.output<S>) => Configured;
  },
): Provider {
  return { ...provider, configure: (settings) => provider.configure(settings as z.output<S>) };
}
