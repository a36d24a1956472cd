import { describe, expect, it } from 'vitest';
import { claimFor } from '../../../agent/run/destroy.ts';
import { parseDestroy } from '../../../agent/run/destroy-option.ts';
import { NeedError, ProfileError, UsageError } from '../../../agent/lib/errors.ts';
import { configuredLayers } from '../../../agent/plan/stack-plan.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { profileOf, sections } from '../../support/dry-stack.ts';

// No test machine has it: whoever gets as far as looking at it is told so.
const absent = '/dev/layerlift-no-such-disk';
const disk = (access: string): string =>
  `media: { deployed: { provider: device, device: ${absent}, access: ${access} } }`;
const destroy = { device: absent, serial: 'S1' };

function claim(layer: string, asked: { writes: boolean; destroy?: typeof destroy }): Promise<unknown> {
  const profile = decodeProfile(profileOf([layer], 1), 'p.yaml');
  return claimFor(configuredLayers(profile), { at: 'p.yaml', writes: asked.writes, destroy: asked.destroy });
}

describe('--destroy', () => {
  it('names a device and its serial, which may have any characters', () => {
    expect(parseDestroy('/dev/sdb=S3 YJ=x')).toEqual({ device: '/dev/sdb', serial: 'S3 YJ=x' });
    expect(parseDestroy(undefined)).toBeUndefined();
  });

  it.each(['', '/dev/sdb', '/dev/sdb=', '=S1', 'sdb=S1', '/etc/passwd=S1', 'yes'])('is not %j', (text) => {
    expect(() => parseDestroy(text)).toThrow(UsageError);
  });
});

describe('writing to a real disk', () => {
  it('needs the consent of the profile, whatever the command line says', async () => {
    await expect(claim(disk('ro'), { writes: true, destroy })).rejects.toThrow(ProfileError);
    await expect(claim(disk('ro'), { writes: true, destroy })).rejects.toThrow(`${absent} is used for reading only`);
  });

  it('is not consented to where nothing would be written, or no real disk is there', async () => {
    await expect(claim(disk('rw'), { writes: false, destroy })).rejects.toThrow('the load only reads');
    await expect(claim(sections.media, { writes: true, destroy })).rejects.toThrow('the profile has no real device');
  });

  it('with every consent goes on to look at the disk', async () => {
    await expect(claim(disk('rw'), { writes: true, destroy })).rejects.toThrow(NeedError);
  });
});

it('a profile without a real disk claims none', async () => {
  expect(await claim(sections.media, { writes: true })).toBeUndefined();
});
