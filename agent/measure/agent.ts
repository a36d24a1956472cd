// Measures the cost of the agent itself: its CPU time (per cent of one CPU) and its resident memory.

import type { Source } from './source.ts';

interface AgentCost {
  readonly userUs: number;
  readonly cpuUs: number;
  readonly residentBytes: number;
}

export const agent: Source<AgentCost> = {
  read: () => {
    const { user, system } = process.cpuUsage();
    return Promise.resolve({ userUs: user, cpuUs: user + system, residentBytes: process.memoryUsage.rss() });
  },
  between: (from, to, elapsedMs) => ({
    userPercent: (to.userUs - from.userUs) / 10 / elapsedMs,
    cpuPercent: (to.cpuUs - from.cpuUs) / 10 / elapsedMs,
    residentBytes: to.residentBytes,
  }),
};
