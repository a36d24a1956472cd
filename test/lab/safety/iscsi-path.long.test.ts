// Who gets at the disk behind the iSCSI target of a run, who sees its secret, and how a target of the host itself is met.

import { expect, test } from 'vitest';
import { inLab, kernelFaults } from '../../support/lab.ts';

const profile = 'test/fixtures/profiles/crash-iscsi.yaml';

const target = '/sys/kernel/config/target';

test('nobody but the run gets at the disk, and its secrets stand in the kernel alone; a target of the host is not disturbed', async () => {
  const lab = await inLab(`preload
# What the host itself exports to others.
modprobe null_blk nr_devices=0
disk=/sys/kernel/config/nullb/theirs; mkdir $disk; echo 64 >$disk/size; echo 1 >$disk/power
theirs=${target}/iscsi/iqn.2003-01.org.linux-iscsi.theirs
mkdir -p ${target}/core/iblock_0/theirs $theirs/tpgt_1/lun/lun_0
echo udev_path=/dev/theirs >${target}/core/iblock_0/theirs/control; echo 1 >${target}/core/iblock_0/theirs/enable
ln -s ${target}/core/iblock_0/theirs $theirs/tpgt_1/lun/lun_0/disk
mkdir $theirs/tpgt_1/np/127.0.0.1:3260; echo 1 >$theirs/tpgt_1/enable
inventory before
layerlift run ${profile} --verbose --no-caps --runs "$LAB_OUT/runs" >"$LAB_OUT/report" 2>"$LAB_OUT/err" & agent=$!
await 90 filled "$LAB_OUT/runs/*/slices.ndjson"
ours=(${target}/iscsi/iqn.2026-11.org.layerlift:*:net); name=\${ours##*/}
initiator=$(ls $ours/tpgt_1/acls)
knock=test/support/iscsi-knock.sh
ini=$(echo /run/netns/layerlift-*-ini)
{
  echo "host: $($knock $name 198.18.0.2 3260 $initiator)"
  echo "another namespace: $(unshare --net $knock $name 198.18.0.2 3260 $initiator)"
  echo "beside it, a stranger: $(nsenter --net=$ini $knock $name 198.18.0.2 3260 iqn.stranger)"
  echo "beside it, by our name without the secret: $(nsenter --net=$ini $knock $name 198.18.0.2 3260 $initiator)"
  echo "through a portal of the host: $($knock $name 127.0.0.1 3260 $initiator)"
} >"$LAB_OUT/strangers"
cat ${target}/iscsi/iqn.2026*/tpgt_1/acls/*/auth/password | tr '\\0' '\\n' | grep . >/tmp/secrets
wait $agent; echo $? >"$LAB_OUT/rc"
inventory after
wc -l </tmp/secrets >"$LAB_OUT/count"
grep -rlFf /tmp/secrets "$LAB_OUT" >"$LAB_OUT/leaks"
# One at the address that ours would need.
mkdir $theirs/tpgt_1/np/198.18.0.2:3260
inventory before.refused
layerlift run ${profile} --no-caps --runs /tmp/refused 2>"$LAB_OUT/refused"; echo $? >"$LAB_OUT/refused.rc"
inventory after.refused
same before after && same before.refused after.refused`);
  expect(lab.status, lab.stderr + lab.file('err')).toBe(0);
  expect(['0', '20'], lab.file('err')).toContain(lab.file('rc').trim());
  const said = new Map(
    lab
      .file('strangers')
      .trim()
      .split('\n')
      .map((line) => line.split(/: +/) as [string, string]),
  );
  expect(said.get('host')).toBe('nothing');
  expect(said.get('another namespace')).toBe('nothing');
  // The initiator's mistake, of whichever kind (RFC 7143, 11.13.5): forbidden, not found, or not proven.
  expect(said.get('beside it, a stranger')).toMatch(/^02 0[1-3]$/);
  // Or the target hangs up.
  expect(said.get('beside it, by our name without the secret')).toMatch(/^(02 0[1-3]|nothing)$/);
  expect(said.get('through a portal of the host')).toMatch(/^02 0[1-3]$/);
  expect(Number(lab.file('count'))).toBeGreaterThan(0);
  expect(lab.file('leaks')).toBe('');
  expect(lab.file('refused.rc').trim()).not.toBe('0');
  expect(lab.file('refused')).toContain('iqn.2003-01.org.linux-iscsi.theirs of this host listens at 198.18.0.2:3260');
  expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  lab.dispose();
});
