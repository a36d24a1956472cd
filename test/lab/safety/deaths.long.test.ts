// More ways in which a run can be cut off, on a real kernel: the host is as found afterwards, and nothing waits for ever. What
// runs each time: deaths.test.ts.

import { endOfMemory, recovers, setByOthers, testDeaths } from '../../support/deaths.ts';

const whole = 'test/fixtures/profiles/crash-kinds.yaml';
const small = 'test/fixtures/profiles/small.yaml';
const scan = '/sys/module/scsi_mod/parameters/scan';

testDeaths('a second signal, the deadline, and a closed pipe end a run in order', small, [
  { name: 'closed', from: 'closing pipe', args: '--deadline 8s', strike: [], expect: [124], within: 60 },
  {
    name: 'pipe: a suspended device does not hold it up',
    profile: whole,
    ...{ strike: ['PIPE agent', 'suspend media', 'wait 1 s', 'TERM agent'], expect: [143], within: 40 },
  },
  {
    name: 'a second SIGTERM leaves it to the watchdog',
    // All of it, so that undoing it takes longer than the wait.
    profile: 'test/fixtures/profiles/crash.yaml',
    ...{ strike: ['TERM agent', 'wait 0.5 s', 'TERM agent'], expect: [40], within: 40 },
    says: /its watchdog undid/,
    ...{ after: recovers, prints: 'recovered' },
  },
]);

testDeaths('what a run needs ends, or never comes: the host is as found, in time', small, [
  { ...endOfMemory, within: 60 },
  { name: 'target', profile: whole, strike: ['cut network'], expect: [30, 32], within: 150 },
  {
    name: 'device that never comes',
    before: `scan=$(cat ${scan}); echo none >${scan}`,
    ...{ strike: [], expect: [69], within: 90 },
    after: `echo $scan >${scan}`,
    says: /the appearance of the disk .* did not happen within 15 s/,
  },
  {
    name: 'a program acts only after all else was undone',
    profile: whole,
    slowIp: 20,
    strike: ['TERM agent'],
    expect: [143],
    within: 60,
  },
  setByOthers('/sys/module/tcm_loop/parameters/can_queue', '77'),
]);
