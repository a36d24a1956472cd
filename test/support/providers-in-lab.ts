// Every provider in every role that it has, with its defaults, on a real kernel: raised, switched to its stub and back under
// guests that verify what they read, witnessed by the sectors of both lanes, and unwound.

import { execa } from 'execa';
import { expect } from 'vitest';
import { inLab, kernelFaults, type LabOptions } from './lab.ts';
import { type Machine, providerCases, scratch } from './provider-cases.ts';

// Blocks with fio's own checksums in them: whoever reads them back with the same option verifies each one.
const fill = (device: string): string =>
  `fio --name=fill --filename=${device} --size=${scratch.mebibytes}m --rw=write --bs=4k --iodepth=32 --ioengine=libaio --direct=1 --verify=crc32c --do_verify=0 >"$LAB_OUT/fill.log"`;

export const scratchDisk = `${scratch.mebibytes}M:scratch`;

/** What others made: a disk that holds data, and a target that exports another. */
export const ofOthers = `
${fill(scratch.disk)}
modprobe null_blk nr_devices=0; modprobe nvmet_tcp
disk=/sys/kernel/config/nullb/far; mkdir $disk
echo ${scratch.mebibytes} >$disk/size; echo 1 >$disk/memory_backed; echo 1 >$disk/power
${fill('/dev/far')}
target=/sys/kernel/config/nvmet; subsystem=$target/subsystems/${scratch.nqn}; port=$target/ports/1
mkdir $subsystem $subsystem/namespaces/1 $port
echo 1 >$subsystem/attr_allow_any_host
echo -n /dev/far >$subsystem/namespaces/1/device_path; echo 1 >$subsystem/namespaces/1/enable
echo ipv4 >$port/addr_adrfam; echo tcp >$port/addr_trtype; echo 127.0.0.1 >$port/addr_traddr; echo ${scratch.port} >$port/addr_trsvcid
ln -s $subsystem $port/subsystems/`;

const machines: Readonly<Record<Machine, { readonly options: LabOptions; readonly before: string }>> = {
  stock: { options: { disks: [scratchDisk] }, before: ofOthers },
  vduse: { options: { kernel: '6.12' }, before: '' },
  xen: { options: { xen: true }, before: '' },
};

/** Boots that machine, shows every provider that is for it, or their other settings, and fails where one is missing or wrong. */
export async function expectProviders(machine: Machine, part: 'usual' | 'others' = 'usual'): Promise<void> {
  await execa('node', ['scripts/build.mjs', 'providers']);
  const { options, before } = machines[machine];
  const lab = await inLab(
    `preload${before}
UV_THREADPOOL_SIZE=32 node agent/dist/bench/providers.js ${machine} '' ${part} >"$LAB_OUT/rows" 2>"$LAB_OUT/err"`,
    options,
  );
  const lines = lab.file('rows').split('\n');
  const rows = new Map(lines.map((line) => [line.split(' | ')[0] ?? '', line] as const));
  const seen = `${lab.file('rows')}${lab.file('err')}${lab.stderr}`;
  for (const { name } of providerCases().filter((one) => one.machine === machine && one.isUsual === (part === 'usual')))
    expect(rows.get(name), seen).toContain('| ok ');
  if (machine === 'stock' && part === 'usual') expect(rows.get('control: data that is lost'), seen).toContain('| ok |');
  expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  lab.dispose();
}
