// The host as it was before a run: what could explain the figures later. Never called while something is measured,
// because these libraries start processes.

import os from 'node:os';
import { createOSUtils } from 'node-os-utils';
import si from 'systeminformation';
import { readText } from '../kernel/files.ts';
import { median } from '../../lib/numbers.ts';
import { readHardware } from './machine.ts';

const deadlineMs = 20_000;

/** Leaves out facts that take too long; never throws. */
export async function readFacts(): Promise<Readonly<Record<string, unknown>>> {
  const sources: Readonly<Record<string, () => Promise<unknown>>> = {
    hostname: () => Promise.resolve(os.hostname()),
    kernel: () => Promise.resolve(`${os.type()} ${os.release()} ${os.arch()}`),
    bootCommandLine: async () => (await readText('/proc/cmdline'))?.trim(),
    hypervisor: async () => (await readText('/sys/hypervisor/type'))?.trim(),
    cpus: () => Promise.resolve({ count: os.availableParallelism(), model: os.cpus()[0]?.model.trim() }),
    memoryBytes: () => Promise.resolve(os.totalmem()),
    // `si.system` asks eight programs, and takes a root without systemd for a container's.
    system: () => readHardware(),
    disks: async () =>
      (await si.blockDevices()).map(({ name, type, size, model, mount }) => ({ name, type, size, model, mount })),
  };
  // First and alone: the others start programs of their own.
  const cpuUse = await inTime(readCpuUse);
  const entries = await Promise.all(
    Object.entries(sources).map(async ([name, read]) => [name, await inTime(read)] as const),
  );
  const found: readonly (readonly [string, unknown])[] = [...entries, ['cpuUse', cpuUse]];
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** Windows of 200 ms, which node-os-utils reads; a median of so many is not moved by a burst. */
const cpuWindows = 5;

/** Per cent of the CPU time of the host before any load of ours: medians of short windows. `user`: without the agent's own. */
async function readCpuUse(): Promise<unknown> {
  const { cpu } = createOSUtils({ cacheEnabled: false });
  const windows: Readonly<Record<'user' | 'system' | 'iowait' | 'irq' | 'softirq' | 'idle', number>>[] = [];
  for (let i = 0; i < cpuWindows; i++) {
    const [began, ownBefore] = [performance.now(), process.cpuUsage()];
    const reply = await cpu.usageDetailed();
    const ownPercent = process.cpuUsage(ownBefore).user / 10 / (performance.now() - began) / os.availableParallelism();
    if (!reply.success) return undefined;
    const { user, system, iowait = 0, irq = 0, softirq = 0, idle } = reply.data;
    windows.push({ user: Math.max(0, user - ownPercent), system, iowait, irq, softirq, idle });
  }
  const names = ['user', 'system', 'iowait', 'irq', 'softirq', 'idle'] as const;
  return Object.fromEntries(names.map((name) => [name, median(windows.map((one) => one[name]))]));
}

async function inTime(read: () => Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), deadlineMs);
  });
  try {
    return await Promise.race([read(), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
