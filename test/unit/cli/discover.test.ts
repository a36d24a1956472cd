// The command itself: this host and a file, text and JSON, and what it says of a wrong file.

import { release } from 'node:os';
import { describe, expect, it } from 'vitest';
import { discover, type DiscoverOptions } from '../../../agent/cli/handlers/discover.ts';
import { discoveredSchema } from '../../../agent/discover/document.ts';

const fixture = (name: string): string =>
  new URL(`../../fixtures/snapshots/${name}.snapshot`, import.meta.url).pathname;

async function printed(options: Partial<DiscoverOptions>): Promise<string> {
  let text = '';
  const print = (part: string): void => void (text += part);
  await discover({
    things: [],
    from: undefined,
    withTools: false,
    profile: undefined,
    scratch: undefined,
    forMs: undefined,
    format: 'text',
    ...options,
    print,
  });
  return text;
}

describe('discover', () => {
  it('shows this host', async () => {
    const found = discoveredSchema.parse(JSON.parse(await printed({ format: 'json' })));
    expect(found.host.kernel).toBe(release());
    expect(found.missing.map(({ what }) => what)).not.toContain('the rest of the snapshot');
  });

  it('shows another host from its snapshot, or a part of it', async () => {
    expect(await printed({ from: fixture('xen-lvm') })).toMatch(/^host xen-lvm, Linux 6\.1/);
    const part = await printed({ from: fixture('xen-lvm'), things: ['db'] });
    expect(part).toContain('domain db');
    expect(part).not.toContain('domain web');
  });

  it('names a file that is not there, or is no snapshot', async () => {
    await expect(printed({ from: '/nowhere/x' })).rejects.toThrow('cannot read the snapshot /nowhere/x: ENOENT');
    await expect(printed({ from: import.meta.filename })).rejects.toThrow('is no snapshot of a host');
  });
});
