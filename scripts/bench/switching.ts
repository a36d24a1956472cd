// How long does it take to change arm under the running load of four guests? Our ioctls, dmsetup, and a rebuild.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, type Setup } from '../../agent/run/prepare.ts';
import type { Host } from '../../agent/host/host.ts';
import { renderTable } from '../../agent/host/dm/table.ts';
import { runCommand } from '../../agent/host/kernel/run-command.ts';
import { parseArm } from '../../agent/lib/arm.ts';
import type { Arm } from '../../agent/lib/layer.ts';
import { type Load, raiseRootCgroup, startLoad } from '../../agent/load/drive.ts';
import { differing, junctionTable, keyOf, roleIn, switchTo } from '../../agent/stack/junction.ts';
import { namesOf } from '../../agent/stack/names.ts';
import { raiseStack, type Stack } from '../../agent/stack/raise.ts';
import { median, onHost, print, timed } from './figures.ts';

const repeats = 5;
const oneLayer = ['stub-media', 'stub-network', 'stub-blockstack', 'stub-ring'];
const anyTwo: readonly (readonly [string, string])[] = [
  ['baseline', 'all-stub'],
  ['only-media', 'stub-media'],
  ['stub-media+ring', 'stub-network+blockstack'],
];

const prepared = await prepare('profiles/plant-media.yaml', { seed: 1, cold: false, budgetMs: undefined });
await onHost('be4c11', measure);

async function measure(host: Host): Promise<void> {
  const names = namesOf('be4c11', 'a'.repeat(32));
  await raiseRootCgroup(host, names);
  let rebuilt = 0;
  let oneLayerMs = NaN;
  const raise = async (): Promise<{ stack: Stack; load: Load }> => {
    const stack = await raiseStack(host, names, prepared.stack, { start: arm(prepared, 'baseline'), onlyStart: false });
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    const plan = { guests: prepared.plan.profile.guests, sections: prepared.sections, seed: 1, runtimeS: 3600 };
    return { stack, load: await startLoad(host, names, plan, { lanes: stack.lanes, folder }) };
  };
  await host.scope(async () => {
    const { stack, load } = await raise();
    await host.sleep(2000);
    const one = await seriesOf(
      host,
      oneLayer.map((id) => ['baseline', id]),
      stack,
      (to) => switchTo(host, stack, to),
    );
    const any = await seriesOf(host, anyTwo, stack, (to) => switchTo(host, stack, to));
    const byDmsetup = await seriesOf(
      host,
      oneLayer.map((id) => ['baseline', id]),
      stack,
      (to) => dmsetupSwitch(stack, to),
    );
    rebuilt = await timed(async () => {
      await load.stop();
    });
    print('arm that differs in one layer, median', `${median(one).toFixed(0)} ms`);
    print('arm that differs in one layer, slowest', `${Math.max(...one).toFixed(0)} ms (aim: 300)`);
    print('any two arms, median', `${median(any).toFixed(0)} ms`);
    print('any two arms, slowest', `${Math.max(...any).toFixed(0)} ms (aim: 600)`);
    print('dmsetup load + resume, one layer, median', `${median(byDmsetup).toFixed(0)} ms`);
    print('ratio dmsetup / ioctl', (median(byDmsetup) / median(one)).toFixed(1));
    oneLayerMs = median(one);
  });
  // What a tool without junctions must do for each arm: unwind, raise, start the load again.
  rebuilt += await timed(() => host.scope(raise));
  print('rebuild of stack and load', `${rebuilt.toFixed(0)} ms`);
  print('ratio rebuild / switch', `${(rebuilt / oneLayerMs).toFixed(0)} (aim: 20)`);
}

/** Milliseconds of each switch there and back, `repeats` times. */
async function seriesOf(
  host: Host,
  pairs: readonly (readonly [string, string])[],
  stack: Stack,
  switchBy: (to: Arm) => Promise<void>,
): Promise<readonly number[]> {
  const out: number[] = [];
  for (let i = 0; i < repeats; i++) {
    for (const [from, to] of pairs) {
      await switchTo(host, stack, arm(prepared, from));
      await host.sleep(300);
      out.push(await timed(() => switchBy(arm(prepared, to))));
      await host.sleep(300);
      out.push(await timed(() => switchBy(arm(prepared, from))));
    }
  }
  return out;
}

/** The same swaps by starting dmsetup, all at once. */
async function dmsetupSwitch(stack: Stack, to: Arm): Promise<void> {
  await Promise.all(
    differing(stack.junctions, stack.setting, to).map(async (junction) => {
      const role = roleIn(to, junction.layer);
      const table = renderTable(junctionTable(junction, role));
      for (const name of junction.devices) {
        await runCommand(['dmsetup', 'load', name, '--table', table]);
        await runCommand(['dmsetup', 'resume', '--noudevsync', '--nolockfs', name]);
      }
      stack.setting.set(keyOf(junction), role);
    }),
  );
}

function arm({ plan }: Setup, id: string): Arm {
  const found = parseArm(id, plan.design.layers);
  if (!found) throw new Error(`no arm ${id}`);
  return found;
}
