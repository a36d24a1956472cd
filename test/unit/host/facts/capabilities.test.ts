import { describe, expect, it } from 'vitest';
import { judgePrivilege, neededCapabilities } from '../../../../agent/host/facts/capabilities.ts';

const ofTheHost = '         0          0 4294967295\n';
const status = (effective: string): string =>
  `Name:\tnode\nCapPrm:\t000001ffffffffff\nCapEff:\t${effective}\nSeccomp:\t0\n`;

describe('what root may do', () => {
  it('is enough with all of it, and with no more than is needed', () => {
    expect(judgePrivilege(status('000001ffffffffff'), ofTheHost)).toBeUndefined();
    expect(judgePrivilege(status('0000000000291002'), ofTheHost)).toBeUndefined();
  });

  it('lacks every capability that is missing, by name and use', () => {
    const problem = judgePrivilege(status('0000000000280002'), ofTheHost);
    expect(problem?.message).toMatch(/^root lacks CAP_NET_ADMIN \(to make links.*, CAP_SYS_MODULE \(/);
    for (const name of neededCapabilities) expect(problem?.hint).toContain(`cap_${name}`);
  });

  it('is nothing where the kernel does not say', () => {
    expect(judgePrivilege('', ofTheHost)?.message).toContain('CAP_SYS_ADMIN');
  });

  it('is of no use in a user namespace, whatever the capabilities are called there', () => {
    expect(judgePrivilege(status('000001ffffffffff'), '0 100000 65536\n')?.message).toContain('user namespace');
  });
});
