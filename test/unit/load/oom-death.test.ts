// What a guest's death for want of memory is put down to.

import { describe, expect, it } from 'vitest';
import { oomDeath } from '../../../agent/load/oom-death.ts';

const events = (oom: number, kills: number): string =>
  `low 0\nhigh 0\nmax ${oom * 20}\noom ${oom}\noom_kill ${kills}\noom_group_kill 0\n`;

describe('a guest whose fio has ended', () => {
  it.each([
    ['was not killed for memory', events(1, 0), 6 << 20, undefined],
    ['reached its own limit', events(1, 1), 6 << 20, /reached its memory\.max of 6 MiB/],
    ['was taken as the host ran out, below its limit', events(0, 1), 6 << 20, /the host ran out of memory/],
    ['was taken as the host ran out, without a limit', events(0, 1), undefined, /the host ran out of memory/],
    ['has no counters', '', undefined, undefined],
  ])('%s', (_, text, memoryMax, says) => {
    const death = oomDeath(2, text, memoryMax);
    if (says === undefined) expect(death).toBeUndefined();
    else expect(death?.message).toMatch(says);
  });
});
