// A run that is stopped in its pilot, and one that is stopped in its check at the end.

import { testStops } from '../../support/cut-short.ts';

testStops([
  { when: 'pilot', until: 'err:pilot: how long', stop: 'kill -INT $agent', code: 130, verdict: 'inconclusive' },
  // A run that is younger than two minutes is not checked, however quick the host: its slices take longer.
  { when: 'check', measure: '8s', until: 'recheck.ndjson', stop: 'kill -HUP $agent', code: 129, verdict: 'lever' },
]);
