// The MTU of the path between two namespaces: of both ends, before they are up, for every protocol over it.

import { describe, expect, it } from 'vitest';
import { raiseOnPaper } from '../../support/dry-stack.ts';
import { expectOneMistake } from '../../support/mistakes.ts';

async function linesOf(network: string): Promise<readonly string[]> {
  const stack = ['media: { deployed: { provider: model } }', `network: { deployed: { ${network} } }`];
  const { steps } = await raiseOnPaper({ stack, guests: 1 });
  return steps.flatMap((step) => (step.kind === 'exec' ? [step.argv.join(' ')] : []));
}

describe.each(['nvme-tcp-netns', 'iscsi-netns', 'nbd-netns'])('%s', (provider) => {
  it('has the MTU that it is given on both ends, before either is up', async () => {
    const lines = await linesOf(`provider: ${provider}, mtu: 9000`);
    for (const [netns, end] of [
      ['layerlift-abcdef-ini', 'h'],
      ['layerlift-abcdef-net', 't'],
    ] as const) {
      const mtu = lines.findIndex((line) => line === `ip -n ${netns} link set llabcdef${end} mtu 9000`);
      expect(mtu, lines.join('\n')).toBeGreaterThan(-1);
      expect(mtu).toBeLessThan(lines.findIndex((line) => line === `ip -n ${netns} link set llabcdef${end} up`));
    }
  });

  it('leaves it to the kernel where it is given none', async () => {
    expect((await linesOf(`provider: ${provider}`)).join('\n')).not.toContain(' mtu ');
  });

  it.each(['mtu: 575', 'mtu: 65536'])('names the mistake `%s`', (setting) => {
    expectOneMistake(
      `network: { deployed: { provider: ${provider}, ${setting} } }`,
      'mtu',
      'a whole number from 576 to 65535',
    );
  });
});
