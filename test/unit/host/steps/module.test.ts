import { describe, expect, it } from 'vitest';
import { verbOf } from '../../../../agent/host/step.ts';
import { type ModuleStep, parseModules, parseShowDepends } from '../../../../agent/host/steps/module.ts';
import { fakeKernel } from '../../../support/fake-kernel.ts';

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

describe('a module with an `install` line in modprobe.d', () => {
  const step: ModuleStep = { kind: 'module', name: 'nvme_tcp', why: 'a test' };
  const plain = `insmod ${root}/drivers/nvme/host/nvme-fabrics.ko \ninsmod ${root}/drivers/nvme/host/nvme-tcp.ko \n`;

  /** What modprobe says with the configuration of the host; without, it says `plain`. What a command brings is loaded by it. */
  function host(configured: string, brings: readonly string[]) {
    let loaded = 'loop 1 0 - Live 0x0\n';
    const kernel = fakeKernel({
      read: () => Promise.resolve(loaded),
      run: (argv) => {
        if (!argv.includes('--show-depends')) {
          loaded += brings.map((one) => `${one} 1 0 - Live 0x0\n`).join('');
          return Promise.resolve('');
        }
        if (!argv.includes('-C')) return Promise.resolve(configured);
        return Promise.resolve(argv.at(-1) === 'nvme_tcp' ? plain : `insmod ${root}/x/${argv.at(-1) ?? ''}.ko\n`);
      },
    });
    return verbOf<ModuleStep>(step, kernel);
  }
  const never = new AbortController().signal;

  it.each<[string, string, string]>([
    ['a command of its own', 'install /sbin/modprobe --ignore-install nvme_tcp \n', 'nvme_fabrics nvme_tcp'],
    [
      'a dependency with a command',
      `install /bin/echo hello\ninsmod ${root}/drivers/nvme/host/nvme-tcp.ko\n`,
      'nvme_fabrics nvme_tcp',
    ],
    [
      'a command that loads another first',
      'install /sbin/modprobe crc32c; modprobe -i nvme_tcp && sysctl -w x=1\n',
      'crc32c nvme_fabrics nvme_tcp',
    ],
    ['no such line', plain, 'nvme_fabrics nvme_tcp'],
  ])('is known by what it inserts: %s', async (_, configured, expected) => {
    expect(await host(configured, []).capture(step)).toBe(expected);
  });

  it('is undone by what its command has loaded', async () => {
    const verb = host('install /sbin/modprobe -i nvme_tcp\n', ['nvme_fabrics', 'nvme_tcp']);
    const prior = (await verb.capture(step)) ?? '';
    await verb.act(step, prior, never);
    expect(await verb.present(step, prior)).toBe(true);
  });

  it('that loads nothing is refused by name, not by the step after it', async () => {
    const verb = host('install /bin/true\n', []);
    const prior = (await verb.capture(step)) ?? '';
    await expect(verb.act(step, prior, never)).rejects.toMatchObject({
      problems: [
        {
          message: '`modprobe nvme_tcp` ended well, but nvme_tcp is not loaded',
          hint: expect.stringContaining('grep "^install nvme_tcp "') as string,
        },
      ],
    });
  });
});

describe('veth, whose users the kernel does not count', () => {
  /** Of each namespace, by how it is entered, what `ip` shows there; `lsns` is given as text. */
  async function unloadedOf(lsns: () => string, links: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const unloaded: string[] = [];
    const kernel = fakeKernel({
      read: () => Promise.resolve('veth 36864 0 - Live 0x0\n'),
      run: async ([name = '', option = '']) => (name === 'lsns' ? Promise.resolve().then(lsns) : links[option]) ?? '',
      unload: (module) => Promise.resolve(void unloaded.push(module)),
    });
    await verbOf<ModuleStep>({ kind: 'module', name: 'veth', why: 'a test' }, kernel).undo(
      { kind: 'module', name: 'veth', why: 'a test' },
      'veth',
      100,
    );
    return unloaded;
  }
  const theirs = '7: eth0@if6: <BROADCAST,UP> mtu 1500\n';

  it.each<[string, () => string, Record<string, string>, readonly string[]]>([
    ['goes where nobody has one', () => '1 \n', {}, ['veth']],
    ['stays for one in the namespace of the host', () => '1 \n', { '--net=/proc/1/ns/net': theirs }, []],
    ['stays for one that a container alone has', () => '1 \n901 \n', { '--net=/proc/901/ns/net': theirs }, []],
    [
      'stays for one in a namespace without a process',
      () => '1 \n /run/netns/blue\n',
      { '--net=/run/netns/blue': theirs },
      [],
    ],
    [
      'stays where nobody can tell',
      () => {
        throw new Error('lsns: not found');
      },
      {},
      [],
    ],
  ])('%s', async (_, lsns, links, unloaded) => {
    expect(await unloadedOf(lsns, links)).toEqual(unloaded);
  });
});
