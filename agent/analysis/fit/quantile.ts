// Quantiles of the two distributions that the bounds need; the only place that knows the library behind them.

import jstat from 'jstat';

/** The value that Student's t with `degrees` > 0 of freedom stays below with `probability` in (0, 1). */
export function tQuantile(probability: number, degrees: number): number {
  return jstat.jStat.studentt.inv(probability, degrees);
}

/** The value that chi-squared with `degrees` > 0 of freedom stays below with `probability` in (0, 1). */
export function chiSquaredQuantile(probability: number, degrees: number): number {
  return jstat.jStat.chisquare.inv(probability, degrees);
}

/** The chance that F with `above` and `below` degrees of freedom exceeds `ratio`. */
export function fChance(ratio: number, above: number, below: number): number {
  return 1 - jstat.jStat.centralF.cdf(ratio, above, below);
}
