// A setting of a disk that takes effect while I/O flows, and the values that it takes.

/** Below /sys/block/DISK/. No other file is written to turn a knob, whatever a record says. */
export const liveAttributes = ['queue/nr_requests', 'queue/scheduler', 'device/queue_depth'] as const;
export type LiveAttribute = (typeof liveAttributes)[number];

/** What the kernel takes there: whole numbers within bounds, or one word. */
export type LiveTurn =
  | { readonly attribute: LiveAttribute; readonly least: number; readonly most: number }
  | { readonly attribute: LiveAttribute; readonly word: string };
