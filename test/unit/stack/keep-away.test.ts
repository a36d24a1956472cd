// The rules by which others leave the devices of a run alone: each way to tell them apart names this run and no other.

import { describe, expect, it } from 'vitest';
import { keepOthersAway, keepOthersAwayFrom } from '../../../agent/stack/keep-away.ts';
import { dryHost } from '../../../agent/host/dry.ts';
import { namesOf } from '../../../agent/stack/names.ts';

const names = namesOf('0abc12', 'a'.repeat(32));

async function rulesOf(apply: (host: ReturnType<typeof dryHost>) => Promise<void>): Promise<readonly string[]> {
  const host = dryHost();
  await apply(host);
  return host.steps.flatMap((step) => (step.kind === 'udev-rules' ? [step.path, ...step.rules.split('\n')] : []));
}

describe('the rules for udev', () => {
  it('know each kind of device by the mark of the run', async () => {
    const rules = await rulesOf((host) => keepOthersAway(host, names));
    const matches = rules.filter((rule) => rule.startsWith('KERNEL'));
    expect(matches.map((match) => match.replace(/, GOTO=.*/, ''))).toEqual([
      'KERNEL=="dm-*", ATTR{dm/uuid}=="LAYERLIFT-0abc12-*"',
      'KERNEL=="nvme*", ATTRS{subsysnqn}=="nqn.2026-11.org.layerlift:0abc12:*"',
      'KERNEL=="nvme*", ATTRS{hostnqn}=="nqn.2026-11.org.layerlift:host:0abc12:*"',
      'KERNEL=="sd*", ATTRS{model}=="layerlift-0abc12"',
      'KERNEL=="vd*", DEVPATH=="*/layerlift-0abc12-*/*"',
      'KERNEL=="layerlift-0abc12-*"',
    ]);
  });

  it('name a model that fits the 16 characters of a SCSI disk', () => {
    expect(names.scsiModel.length).toBeLessThanOrEqual(16);
  });

  it('know devices without a mark by their names alone, in a file of their own', async () => {
    const devices = { part: 'loops', kernelNames: ['loop3', 'loop7'] };
    const [path, ...rules] = await rulesOf((host) => keepOthersAwayFrom(host, names, devices));
    expect(path).toBe('/run/udev/rules.d/00-layerlift-0abc12-quiet-loops.rules');
    expect(rules).toContain('KERNEL=="loop3|loop7", GOTO="layerlift_0abc12_whole"');
    expect(rules.filter((rule) => rule.startsWith('KERNEL=="nvme'))).toEqual([]);
  });

  it('pass by all that is not of the run', async () => {
    const rules = await rulesOf((host) => keepOthersAway(host, names));
    const passed = rules.indexOf('GOTO="layerlift_0abc12_end"');
    const firstSet = rules.findIndex(
      (rule) => /:=|ENV\{[A-Z_]+\}="/.test(rule) && !rule.startsWith('ACTION=="remove"'),
    );
    expect(passed).toBeGreaterThan(rules.findLastIndex((rule) => rule.startsWith('KERNEL')));
    expect(passed).toBeLessThan(firstSet);
  });
});
