// How long every slice settled, and why.

import { settleRules, type Settle } from '../../analysis/settle/settle.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { renderDuration } from '../../lib/units.ts';
import type { Plan } from '../../plan/plan.ts';
import { renderList } from './figures.ts';
import type { ReportDocument } from '../schema/schema.ts';

export function settleRow({ profile, settleMs }: Plan, pilot: Settle | undefined): ReportDocument['settle'] {
  const by = profile.experiment.settle !== 'pilot' ? 'profile' : pilot ? 'pilot' : 'default';
  const slowest = pilot?.slowest ?? null;
  return { by, ms: settleMs, slowest, blind: pilot?.kind === 'settled' ? pilot.blind : [] };
}

/** One line. */
export function settleLine({ settle, settings }: Pick<ReportDocument, 'settle' | 'settings'>): string {
  const time = `${renderDuration(settle.ms * 1e6)} after each ${settings.cold ? 'start of the load' : 'switch'}`;
  switch (settle.by) {
    case 'profile':
      return `${time}, as the profile says`;
    case 'default':
      return `${time}, the default where there is no pilot`;
    case 'pilot':
      return `${time}: ${whyPilot(settle)}`;
    default:
      return unreachable(settle.by);
  }
}

function whyPilot({ ms, slowest, blind }: ReportDocument['settle']): string {
  const unread = blind.length > 0 ? `; it gave too few readings of ${renderList(blind)}` : '';
  if (!slowest || ms <= settleRules.leastMs) return `the pilot saw no switch after which goodput takes longer${unread}`;
  const { layer, to, tauMs, deadMs } = slowest;
  const parts = [
    ...(deadMs > 0 ? [`${renderDuration(Math.round(deadMs) * 1e6)} without I/O`] : []),
    ...(tauMs > 0
      ? [`${settleRules.timeConstants} time constants of ${renderDuration(Math.max(1, Math.round(tauMs)) * 1e6)}`]
      : []),
  ];
  const form = to === 'stub' ? 'its stub' : 'its deployed form';
  return `in the pilot ${layer}, switched to ${form}, took longest: ${parts.join(' and ')}${unread}`;
}
