import { describe, expect, it } from 'vitest';
import { parseModules, parseShowDepends } from '../../../../agent/host/steps/module.ts';

const root = '/lib/modules/6.1.0-56-amd64/kernel';

describe('what modprobe would insert', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'crypto-crct10dif of Debian 6.1: soft dependencies come twice',
      `insmod ${root}/crypto/crct10dif_common.ko \ninsmod ${root}/arch/x86/crypto/crct10dif-pclmul.ko \ninsmod ${root}/crypto/crct10dif_common.ko \ninsmod ${root}/crypto/crct10dif_generic.ko \n`,
      ['crct10dif_common', 'crct10dif_pclmul', 'crct10dif_generic'],
    ],
    [
      'null_blk with a parameter',
      `insmod ${root}/fs/configfs/configfs.ko \ninsmod ${root}/drivers/block/null_blk/null_blk.ko nr_devices=0\n`,
      ['configfs', 'null_blk'],
    ],
    ['a name with dashes, as the kernel lists it', `insmod ${root}/drivers/md/dm-mod.ko \n`, ['dm_mod']],
    [
      'a compressed module',
      `insmod ${root}/drivers/block/brd.ko.xz rd_nr=1\ninsmod ${root}/drivers/block/loop.ko.zst\n`,
      ['brd', 'loop'],
    ],
    ['a parameter that looks like a path', `insmod ${root}/drivers/block/loop.ko x=/a/b.ko\n`, ['loop']],
    ['a built-in', 'builtin dm_mod\n', []],
    ['an alias of nothing', '', []],
  ])('is read of %s', (_, text, modules) => {
    expect(parseShowDepends(text)).toEqual(modules);
  });
});

it('the loaded modules are the first words of /proc/modules', () => {
  const text = `nvme_tcp 40960 0 - Live 0x0000000000000000
nvme_fabrics 32768 1 nvme_tcp, Live 0x0000000000000000
dm_mod 184320 5 dm_delay,dm_flakey, Live 0x0000000000000000 (E)
`;
  expect([...parseModules(text)]).toEqual(['nvme_tcp', 'nvme_fabrics', 'dm_mod']);
  expect([...parseModules('')]).toEqual([]);
});
