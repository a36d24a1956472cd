// The host as it was before a run: what could explain the figures later. Never called while something is measured,
// because these libraries start processes.

import os from 'node:os';
import { createOSUtils } from 'node-os-utils';
import si from 'systeminformation';
import { readText } from './files.ts';
import { readHardware } from './machine.ts';

const deadlineMs = 20_000;

/** What cannot be found out in time is left out; never throws. */
export async function readFacts(): Promise<Readonly<Record<string, unknown>>> {
  const sources: Readonly<Record<string, () => Promise<unknown>>> = {
    kernel: () => Promise.resolve(`${os.type()} ${os.release()} ${os.arch()}`),
    bootCommandLine: async () => (await readText('/proc/cmdline'))?.trim(),
    hypervisor: async () => (await readText('/sys/hypervisor/type'))?.trim(),
    cpus: () => Promise.resolve({ count: os.availableParallelism(), model: os.cpus()[0]?.model.trim() }),
    memoryBytes: () => Promise.resolve(os.totalmem()),
    // `si.system` asks eight programs, and takes a root without systemd for a container's.
    system: () => readHardware(),
    disks: async () =>
      (await si.blockDevices()).map(({ name, type, size, model, mount }) => ({ name, type, size, model, mount })),
    cpuUse: idleGate,
  };
  const entries = await Promise.all(
    Object.entries(sources).map(async ([name, read]) => [name, await inTime(read)] as const),
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Per cent of CPU time over a short window, before any load of ours. */
async function idleGate(): Promise<unknown> {
  const reply = await createOSUtils({ cacheEnabled: false }).cpu.usageDetailed();
  if (!reply.success) return undefined;
  const { user, system, iowait, irq, softirq, idle } = reply.data;
  return { user, system, iowait, irq, softirq, idle };
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
