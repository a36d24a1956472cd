// Every provider on a real kernel: raised in both forms, switched under a verifying write load, unwound to the last module.

import { describe, expect, test } from 'vitest';
import { inLab, kernelFaults, type LabResult } from '../support/lab.ts';
import { expectProviders } from '../support/providers-in-lab.ts';

const profiles = 'test/fixtures/profiles';

/** Runs each profile in one boot; `rc.NAME`, `diff.NAME` and `err.NAME` tell how it went. */
function runAll(names: readonly string[], options: Readonly<Record<string, string>> = {}): string {
  return names
    .map((name) => {
      const [file = name] = name.split(':');
      return `
inventory before
layerlift run ${profiles}/${file}.yaml --runs "$LAB_OUT/runs.${name}" -q ${options[name] ?? ''} >"$LAB_OUT/out.${name}" 2>"$LAB_OUT/err.${name}"
echo $? >"$LAB_OUT/rc.${name}"
inventory after
diff "$LAB_OUT/before" "$LAB_OUT/after" >"$LAB_OUT/diff.${name}"`;
    })
    .join('\n');
}

function expectCleanRun(lab: LabResult, name: string): void {
  const status = Number(lab.file(`rc.${name}`));
  // A verdict needs more slices than these short runs have: what counts here is that every I/O verified.
  expect([0, 20], `${name}: ${lab.file(`err.${name}`)}`).toContain(status);
  expect(lab.file(`diff.${name}`), `${name} left the host changed`).toBe('');
}

describe('providers on Linux 6.1', () => {
  const names = [
    'network-netns',
    'blockstack-guest',
    'blockstack-shared',
    'ring-tcm-loop',
    'media-brd',
    'media-null-blk',
  ];

  test('each carries verified I/O while it is switched, and leaves the host as found', async () => {
    const cold = { 'media-brd': '--cold --budget 4m', 'media-null-blk': '--cold --budget 4m' };
    const lab = await inLab(runAll(names, cold));
    for (const name of names) expectCleanRun(lab, name);
    expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
    lab.dispose();
  });

  test('a medium that does not keep its data is caught by the same verifying load', async () => {
    const lab = await inLab(runAll(['media-null-blk']));
    expect(lab.file('rc.media-null-blk').trim()).toBe('30');
    expect(lab.file('err.media-null-blk')).toContain('verify');
    expect(lab.file('diff.media-null-blk')).toBe('');
    lab.dispose();
  });
});

// Blocks with fio's own checksums in them: whoever reads them back with the same option verifies each one.
const fill = (device: string): string =>
  `fio --name=fill --filename=${device} --size=64m --rw=write --bs=4k --iodepth=16 --ioengine=libaio --direct=1 --verify=crc32c --do_verify=0 >"$LAB_OUT/fill.log"`;

const remoteTarget = `
for module in null_blk nvmet_tcp; do modprobe $module $([ $module = null_blk ] && echo nr_devices=0); done
disk=/sys/kernel/config/nullb/far; mkdir $disk
echo 64 >$disk/size; echo 1 >$disk/memory_backed; echo 1 >$disk/power
${fill('/dev/far')}
target=/sys/kernel/config/nvmet; subsystem=$target/subsystems/nqn.2014-08.org.example:disk; port=$target/ports/1
mkdir $subsystem $subsystem/namespaces/1 $port
echo 1 >$subsystem/attr_allow_any_host
echo -n /dev/far >$subsystem/namespaces/1/device_path; echo 1 >$subsystem/namespaces/1/enable
echo ipv4 >$port/addr_adrfam; echo tcp >$port/addr_trtype; echo 127.0.0.1 >$port/addr_traddr; echo 4422 >$port/addr_trsvcid
ln -s $subsystem $port/subsystems/`;

describe('media that others made', () => {
  test('a disk and a remote target give back what they hold, every block verified', async () => {
    const lab = await inLab(
      [fill('/dev/vda'), runAll(['device-verified']), remoteTarget, runAll(['remote-verified'])].join('\n'),
      { disks: ['64M:scratch'] },
    );
    for (const name of ['device-verified', 'remote-verified']) expectCleanRun(lab, name);
    expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
    lab.dispose();
  });
});

describe('providers on Linux 6.12', () => {
  test('the virtio ring carries verified I/O while guests are switched past it, and leaves the host as found', async () => {
    const names = ['ring-vduse', 'network-netns'];
    const lab = await inLab(runAll(names), { kernel: '6.12' });
    for (const name of names) expectCleanRun(lab, name);
    expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
    lab.dispose();
  });
});

describe('each provider of the registry in every role, switched under a load that verifies,', () => {
  test('on Linux 6.1', () => expectProviders('stock'));

  test('and the rings of Xen, in domain 0 and to a domain of its own', () => expectProviders('xen'));
});
