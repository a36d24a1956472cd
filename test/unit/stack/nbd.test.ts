// What the NBD provider makes: a server and a client that nobody else reaches, with as many connections as the profile has.

import { describe, expect, it } from 'vitest';
import type { StepOf } from '../../../agent/host/step.ts';
import { raiseOnPaper } from '../../support/dry-stack.ts';
import { expectOneMistake } from '../../support/mistakes.ts';

describe('NBD in namespaces', async () => {
  const stack = [
    'media: { deployed: { provider: model } }',
    'network: { deployed: { provider: nbd-netns, connections: 3 } }',
  ];
  const { steps } = await raiseOnPaper({ stack, guests: 1 });
  const server = steps.find((step): step is StepOf<'spawn'> => step.kind === 'spawn');
  const client = steps.find((step): step is StepOf<'nbd-connect'> => step.kind === 'nbd-connect');

  it('has the server in the namespace of the target, past the page cache, and outliving the agent', () => {
    const line = server?.argv.join(' ') ?? '';
    expect(line).toMatch(/^nsenter --net=\/run\/netns\/layerlift-abcdef-net qemu-storage-daemon /);
    expect(line).toContain('cache.direct=on');
    expect(line).toContain('max-connections=3');
    expect(server?.survives).toBe(true);
  });

  it('has the client in the other namespace, with its device kept from udev first', () => {
    expect(client).toMatchObject({ netns: 'layerlift-abcdef-ini', connections: 3, backend: 'layerlift-abcdef-nbd' });
    const rules = steps.findIndex((step) => step.kind === 'udev-rules' && step.rules.includes(`nbd${client?.index}`));
    expect(rules).toBeGreaterThan(-1);
    expect(rules).toBeLessThan(steps.findIndex((step) => step === client));
  });
});

it.each([
  ['connections: 0', 'connections', 'a whole number from 1 to 16'],
  ['connections: 17', 'connections', 'a whole number from 1 to 16'],
  ['loss: 51', 'loss', '50'],
  ['jitter: 1ms', 'jitter', 'no larger than the delay'],
  ['server: nbdkit', 'server', 'server'],
])('the mistake `%s` is one error that names the setting', (setting, name, words) => {
  expectOneMistake(`network: { deployed: { provider: nbd-netns, ${setting} } }`, name, words);
});
