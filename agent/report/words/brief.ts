// A verdict in a few words, for one line of a list.

import { unreachable } from '../../lib/unreachable.ts';
import type { ReportDocument } from '../schema/schema.ts';
import { renderAtMost, renderLift, renderList } from './figures.ts';

/** `media: 16x (14x to 18x)`, `none: at most 5 %`, `cannot tell`. */
export function briefVerdict(verdict: ReportDocument['verdict']): string {
  switch (verdict.kind) {
    case 'lever':
      return `${verdict.layer}: ${renderLift(verdict.lift)}`;
    case 'tie':
      return `${renderList(verdict.layers)} alike: ${renderLift(verdict.lift)}`;
    case 'masked':
      return `${renderList(verdict.layers)} together: ${renderLift(verdict.lift)}`;
    case 'none':
      return `none: at most ${renderAtMost(verdict.bound)}`;
    case 'outside':
      return `outside: ${verdict.limit}`;
    case 'inconclusive':
      return verdict.proven.length > 0 ? `cannot tell; ${renderList(verdict.proven)} proven to lift` : 'cannot tell';
    case 'not-asked':
      return 'caps alone';
    default:
      return unreachable(verdict);
  }
}
