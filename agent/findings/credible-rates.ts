// What the search for caps claims, held beside what passed as deployed (pure).

import type { CapsFindings, Limit } from '../analysis/caps/limit.ts';

/** A rate is refuted where even its upper bound is below this share of the goodput as deployed, which has noise of its own. */
const surelyBelow = 0.8;

/** `deployed`: I/Os a second as deployed. Rates that are less than that become unknown. */
export function credibleRates(caps: CapsFindings, deployed: number): CapsFindings {
  const credible = (limit: Limit): Limit =>
    limit.kind === 'rate' && limit.perSecond.high < surelyBelow * deployed
      ? { kind: 'unclear', why: { kind: 'below-deployed', perSecond: limit.perSecond.estimate, deployed } }
      : limit;
  return {
    ...caps,
    stack: credible(caps.stack),
    layers: caps.layers.map((one) => ({ ...one, limit: credible(one.limit) })),
  };
}
