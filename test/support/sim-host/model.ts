// Goodput of closed loops over a shared stack (pure): each guest keeps N I/Os in flight, X = N / latency (Little's law),
// and a part of the stack that holds few I/Os at once makes the rest wait above it.

/** One part of the way of an I/O, from the guest down. */
export interface Hop {
  /** The same for all guests that share the part. */
  readonly device: string;
  readonly serviceMs: number;
  /** I/Os that are in this part or below it at most, over all guests of the same `key`. */
  readonly caps?: readonly { readonly key: string; readonly inFlight: number }[];
}

export interface Loop {
  readonly guest: number;
  readonly inFlight: number;
  readonly way: readonly Hop[];
  /** It asks for no more I/Os than this, and then has fewer in flight; left out: as fast as they are answered. */
  readonly askedPerMs?: number;
  /** It is held back before the stack: its I/Os wait in the guest. */
  readonly allowedPerMs?: number;
}

export interface Flow {
  readonly guest: number;
  readonly iosPerMs: number;
  readonly latencyMs: number;
  /** From each hop on downward, waits included, in the order of the way. */
  readonly belowMs: readonly number[];
}

/** No stack is quicker than this. */
const leastMs = 0.02;

/** `mostPerMs`: what the CPUs can do, all guests together; an I/O waits for them in its guest. */
export function flowsOf(loops: readonly Loop[], mostPerMs: number): readonly Flow[] {
  const serviceBelow = (way: readonly Hop[], at: number): number =>
    way.slice(at).reduce((sum, { serviceMs }) => sum + serviceMs, 0);
  const flows = loops.map(({ guest, inFlight, way, askedPerMs = Infinity, allowedPerMs = Infinity }) => {
    const full = inFlight / Math.max(serviceBelow(way, 0), leastMs);
    const rate = Math.min(full, allowedPerMs, askedPerMs);
    return { guest, way, inFlight, rate, waitsAt: -1, hasWaits: rate < askedPerMs };
  });
  const caps = loops.flatMap(({ way }) => way.flatMap((hop) => hop.caps ?? []));
  const keys = new Map(caps.map(({ key, inFlight }) => [key, inFlight]));
  const cpu = flows.reduce((sum, { rate }) => sum + rate, 0);
  if (cpu > mostPerMs) for (const flow of flows) flow.rate *= mostPerMs / cpu;
  for (const [key, most] of keys) {
    const users = flows.flatMap((flow) => {
      const at = flow.way.findIndex((hop) => hop.caps?.some((cap) => cap.key === key));
      return at < 0 ? [] : [{ flow, at, held: flow.rate * serviceBelow(flow.way, at) }];
    });
    const held = users.reduce((sum, one) => sum + one.held, 0);
    if (held <= most) continue;
    for (const { flow, at } of users)
      Object.assign(flow, { rate: (flow.rate * most) / held, waitsAt: at, hasWaits: true });
  }
  return flows.map(({ guest, inFlight, way, rate, waitsAt, hasWaits }) => {
    const latencyMs = hasWaits ? inFlight / rate : Math.max(serviceBelow(way, 0), leastMs);
    const waitMs = latencyMs - serviceBelow(way, 0);
    const belowMs = way.map((_, at) => serviceBelow(way, at) + (at <= waitsAt ? waitMs : 0));
    return { guest, iosPerMs: rate, latencyMs, belowMs };
  });
}
