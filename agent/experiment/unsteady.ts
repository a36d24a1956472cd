// The message of a run that is refused because goodput settles too slowly after a switch.

import { type Settle, settleRules } from '../analysis/settle/settle.ts';
import type { Problem } from '../lib/errors.ts';
import { renderDuration } from '../lib/units.ts';

/** Says what was seen, and what to do. */
export function refusalOf({ needMs, slowest }: Extract<Settle, { kind: 'refused' }>): Problem {
  const { layer, to, tauMs, deadMs } = slowest;
  const form = to === 'stub' ? 'its stub' : 'its deployed form';
  const dead = deadMs > 0 ? `nothing completes for ${renderDuration(deadMs * 1e6)}, then ` : '';
  const settleS = Math.ceil(needMs / 1000);
  return {
    message: `after ${layer} is switched to ${form}, ${dead}goodput takes about ${renderDuration(needMs * 1e6)} to settle${tauMs > 0 ? ` (time constant ${renderDuration(tauMs * 1e6)})` : ''}: more than the ${renderDuration(settleRules.mostMs * 1e6)} that slices of this kind wait`,
    hint: `look at what in ${layer} adapts so slowly, or set \`settle: ${settleS}s\` and \`measure: ${3 * settleS}s\` or more under \`experiment\` in the profile`,
  };
}
