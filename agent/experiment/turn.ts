// Turns the knob that is tried, through the journaled door: of the devices that its layer has in this stack, and of no other.

import { chosenValue } from '../host/formats/choice.ts';
import { deviceName } from '../host/formats/device-name.ts';
import type { Host } from '../host/host.ts';
import { HostError } from '../lib/errors.ts';
import type { Turn } from '../plan/turn.ts';
import type { Stack } from '../stack/raise.ts';

/** The stack with what turns its knob; as it is where the plan has none that is turned live. */
export function withKnob(host: Host, stack: Stack, turn: Turn | undefined): Stack {
  if (turn?.how.kind !== 'live') return stack;
  const { layer, to, from, knob, how } = turn;
  const devices = stack.junctions.flatMap((one) =>
    one.layer === layer ? [deviceName(one.lanes.deployed.device)] : [],
  );
  const paths = [...new Set(devices)].map((device) => `/sys/block/${device}/${how.takes.attribute}`);
  let isTurned = false;
  return {
    ...stack,
    turn: async (turned) => {
      if (turned === isTurned) return;
      isTurned = turned;
      for (const path of paths)
        await (turned ? turnOne(host, path, { from, to, name: knob.name }) : putBack(host, path, from));
    },
  };
}

/** Throws HostError where the host has not the file, or another value than the run had, or does not take the value. */
async function turnOne(
  host: Host,
  path: string,
  { from, to, name }: { readonly from: string; readonly to: string; readonly name: string },
): Promise<void> {
  const why = `trying ${name}`;
  await host.whenMade(async () => {
    const now = await valueAt(host, path);
    if (now === undefined)
      throw new HostError(
        `cannot turn ${name}: the host has no ${path}`,
        'the device there is a partition, or another than the run had: give a whole disk, and run the profile again',
      );
    if (now !== from)
      throw new HostError(
        `cannot turn ${name}: ${path} is ${now}, and was ${from} in the run`,
        'run the profile again, and try that run',
      );
  });
  await host.apply({ kind: 'write', path, value: to, restore: 'prior', why });
  await host.whenMade(async () => {
    const now = await valueAt(host, path);
    if (now !== to)
      throw new HostError(
        `cannot turn ${name}: the kernel made ${now ?? 'nothing'} of ${to}, at ${path}`,
        'give another value by --to',
      );
  });
}

/** Nothing is left to undo then: the writes before are ended by this one. */
async function putBack(host: Host, path: string, value: string): Promise<void> {
  await host.apply({ kind: 'write', path, value, restore: 'never', ends: true, why: 'as it was' });
}

async function valueAt(host: Host, path: string): Promise<string | undefined> {
  const text = await host.read(path);
  return text === undefined ? undefined : chosenValue(text);
}
