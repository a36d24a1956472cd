// Deaths of what a run needs on Xen's own ring, in domain 0. At each kind of step: lab/safety/crash-matrix.test.ts; of domains
// as guests: domains.long.test.ts.

import { deathsOfTheLoad, held, setByOthers, testDeaths } from '../../support/deaths.ts';

testDeaths(
  "deaths of what a run on Xen's own ring needs leave domain 0 as found",
  'test/fixtures/profiles/crash-xen.yaml',
  [
    ...deathsOfTheLoad,
    { name: 'the watchdog, then the agent', strike: ['KILL watchdog', 'TERM agent'], expect: [143], within: 60 },
    held,
    setByOthers('/sys/module/xen_blkback/parameters/max_queues', '3'),
    {
      name: 'a program that the dead agent had started acts late',
      profile: 'test/fixtures/profiles/crash-kinds.yaml',
      ...{ slowIp: 7, strike: ['KILL agent'], expect: [137], within: 90 },
    },
  ],
  { xen: true },
  // Their parameters are there before and after.
  'modprobe -a xen_blkback xen_blkfront',
);
