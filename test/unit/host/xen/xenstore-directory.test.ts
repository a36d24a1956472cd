import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sharedXenstore } from '../../../../agent/host/xen/xenstore-shared.ts';
import { type FakeXenstored, serveXenstore } from '../../../support/fake-xenstored.ts';

/** As a host of 3000 domains has them: 13,890 bytes, four answers. */
const many = Array.from({ length: 3_000 }, (_, i) => `${i}`);

let folder: string;
let daemon: FakeXenstored;
let list: (key: string) => Promise<readonly string[]>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-xenstored-'));
  daemon = await serveXenstore(join(folder, 'socket'));
  const ask = sharedXenstore(join(folder, 'socket'));
  list = (key) => ask((store) => store.list(key));
});
afterEach(async () => {
  await daemon.close();
  rmSync(folder, { recursive: true });
});

it('a folder that fits an answer is asked for once', async () => {
  daemon.names = ['0', '1', '17'];
  expect(await list('/local/domain')).toEqual(['0', '1', '17']);
  daemon.names = [];
  expect(await list('/local/domain')).toEqual([]);
  expect(daemon.asked).toEqual(['1 /local/domain', '1 /local/domain']);
});

it('a folder above 4 KiB is listed whole, in order, each part from where the one before ended', async () => {
  daemon.names = many;
  expect(await list('/local/domain')).toEqual(many);
  const offsets = daemon.asked.slice(1).map((one) => Number(one.split(' ')[2]));
  expect(offsets[0]).toBe(0);
  expect(offsets).toHaveLength(4);
  expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
});

it.each([4_094, 4_095, 4_096, 4_097, 8_180, 8_190])(
  'no name is lost or halved where %i bytes end a part',
  async (bytes) => {
    daemon.names = [
      ...Array.from({ length: Math.floor(bytes / 10) - 1 }, (_, i) => `${i}`.padStart(9, '0')),
      'x'.repeat(9 + (bytes % 10)),
    ];
    expect(await list('/local/domain')).toEqual(daemon.names);
  },
);

it('a list that changes in the middle is read anew: no name of before is mixed with those of after', async () => {
  daemon.names = many;
  const after = many.slice(500).concat('late');
  daemon.beforePart = (offset) => {
    if (offset === 0 || daemon.generation !== 7) return;
    daemon.generation = 8;
    daemon.names = after;
  };
  expect(await list('/local/domain')).toEqual(after);
});

it('a list that shrinks below the offset in the middle is read anew too', async () => {
  daemon.names = many;
  daemon.beforePart = (offset) => {
    if (offset === 0 || daemon.generation !== 7) return;
    daemon.generation = 8;
    daemon.names = ['0'];
  };
  expect(await list('/local/domain')).toEqual(['0']);
});

it('a list that never stands still is refused by name, not read for ever', async () => {
  daemon.names = many;
  daemon.beforePart = () => (daemon.generation += 1);
  await expect(list('/local/domain')).rejects.toThrow('the names below /local/domain changed each of the 20 times');
});

it.each(['ENOSYS', 'EINVAL'])('a daemon without parts, which says %s, is refused with the limit', async (code) => {
  daemon.names = many;
  daemon.partError = code;
  await expect(list('/local/domain')).rejects.toMatchObject({
    problems: [
      {
        message: `xenstore: the names below /local/domain are longer than the 4096 bytes of one answer, and this xenstored gives no parts (${code})`,
        hint: expect.stringContaining('Xen 4.9') as string,
      },
    ],
  });
});

it('a folder that goes while it is read is none', async () => {
  daemon.names = many;
  daemon.beforePart = (offset) => {
    if (offset > 0) daemon.names = undefined;
  };
  expect(await list('/local/domain')).toEqual([]);
});
