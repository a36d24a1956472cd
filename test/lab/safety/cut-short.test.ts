// A run that its deadline stops before there is a verdict, and one that is stopped after it. The other parts of a run on this
// kernel: cut-short.long.test.ts; all parts in memory: ../../unit/experiment/whole-run-cut-short.test.ts.

import { testStops } from '../../support/cut-short.ts';

testStops([
  // Slices so long that the deadline, which leaves a slow machine time for its pilot, comes before any verdict.
  { when: 'slices', measure: '8s', until: 'slices.ndjson', args: '--deadline 45s', code: 124, verdict: 'inconclusive' },
  { when: 'caps', until: 'caps.ndjson', stop: 'kill -TERM $agent', code: 143, verdict: 'lever' },
]);
