// The domains of guests: how each is configured, and how all boot.

import type { Console } from '../../host/child.ts';
import type { Host } from '../../host/host.ts';
import { HostError } from '../../lib/errors.ts';
import { type Domain, kernelImagesOf } from '../../lib/xen.ts';

export interface DomainWanted {
  readonly name: string;
  /** Where its initramfs is. */
  readonly folder: string;
  /** Parameters of its blkfront. */
  readonly frontend: readonly string[];
  readonly queues: number;
  /** Bytes. */
  readonly memory: number;
}

const bootMs = 120_000;
/** To look costs a program's start. */
const lookMs = 5_000;

/** The text for `xl create`: paravirtual, with this host's own kernel. Its disks are attached apart. */
export async function domainConfig(
  host: Host,
  { name, folder, frontend, queues, memory }: DomainWanted,
): Promise<string> {
  const images = kernelImagesOf((await host.read('/proc/sys/kernel/osrelease')) ?? '');
  const there = await host.list('/boot');
  const kernel = images.find((image) => there.includes(image.replace('/boot/', ''))) ?? images.at(-1) ?? '';
  const mitigations = /(?:^|\s)(mitigations=\S+)/.exec((await host.read('/proc/cmdline')) ?? '')?.[1];
  const words = [
    ...['console=hvc0', 'quiet', 'loglevel=1', 'panic=-1'],
    // Where blkfront is a part of the kernel, nobody else gives them to it; a module does not look here.
    ...frontend.map((parameter) => `xen_blkfront.${parameter}`),
    ...(mitigations ? [mitigations] : []),
  ];
  const keys: Readonly<Record<string, string | number>> = {
    ...{ name, type: 'pv', kernel, ramdisk: `${folder}/initramfs`, extra: words.join(' ') },
    ...{ memory: Math.ceil(memory / 2 ** 20), vcpus: queues },
  };
  return Object.entries(keys)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
    .join('');
}

/** Starts all, then waits for all: each alone would take as long. Throws HostError naming the domain that does not come up. */
export async function bootTogether(host: Host, domains: readonly Domain[]): Promise<void> {
  const consoles = await Promise.all(domains.map((domain) => host.console(domain)));
  try {
    for (const { name } of domains)
      await host.apply({ kind: 'exec', argv: ['xl', 'unpause', name], witness: { parent: name }, why: 'it boots' });
    await host.whenMade(() =>
      Promise.all(consoles.map((console, i) => untilUp(host, console, domains[i]?.name ?? ''))),
    );
  } finally {
    for (const console of consoles) console.close();
  }
}

const saysUp = 'layerlift: up';
/** The last words of the first program of a domain before it gives up (host/xen/guest-init.ts). */
const saysFailed = 'layerlift: failed: ';

async function untilUp(host: Host, console: Console, name: string): Promise<void> {
  const said: string[] = [];
  let rest = '';
  const up = new Promise<boolean>((resolve, reject) => {
    console.output.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n').map((line) => line.trim());
      rest = lines.pop() ?? '';
      said.push(...lines.filter(Boolean));
      const failed = lines.find((line) => line.startsWith(saysFailed))?.slice(saysFailed.length);
      if (failed !== undefined)
        reject(new HostError(`the domain ${name} does not come up: ${failed}`, 'xl dmesg may say why'));
      if (lines.includes(saysUp)) resolve(true);
    });
  });
  for (let waitedMs = 0; !(await Promise.race([up, host.sleep(lookMs)])); waitedMs += lookMs) {
    const whatFailed = await console.whatFailed();
    if (whatFailed === undefined && waitedMs < bootMs) continue;
    const what = whatFailed ?? `has not come up within ${bootMs / 1000} s`;
    const last = said.slice(-5).join(' | ');
    throw new HostError(`the domain ${name} ${what}${last ? `: ${last}` : ''}`, 'xl dmesg may say why');
  }
}
