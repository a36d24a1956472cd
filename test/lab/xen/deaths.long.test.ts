// Deaths of what a run needs on Xen's own ring, in domain 0. At each kind of step: lab/safety/crash-matrix.test.ts; of domains
// as guests: domains.long.test.ts.

import { testDeaths } from '../../support/deaths.ts';

testDeaths(
  "deaths of what a run on Xen's own ring needs leave domain 0 as found",
  'test/fixtures/profiles/crash-xen.yaml',
  [
    { name: 'fio', strike: ['KILL fio'], expect: [30], within: 45 },
    { name: 'cgroup', from: 'cgroup', strike: ['suspend media', 'KILL cgroup'], expect: [137], within: 60 },
    {
      name: 'memory of the cgroup',
      ...{ from: 'cgroup', strike: ['end memory'], expect: 'any', within: 90 },
      after: `echo "oom $(grep -c 'oom_kill [1-9]' $unit/memory.events)"; echo max >$unit/memory.max`,
      prints: 'oom 1',
    },
    { name: 'the watchdog, then the agent', strike: ['KILL watchdog', 'TERM agent'], expect: [143], within: 60 },
  ],
  { xen: true },
);
