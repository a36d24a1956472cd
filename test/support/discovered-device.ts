// A device as `discover` gives it, for what reads its parameters and its table.

import type { Device } from '../../agent/discover/document.ts';

/** Each parameter says that it was read from a file of its own name. */
export function deviceOf(
  device: Partial<Device> & Pick<Device, 'kind'>,
  parameters: Readonly<Record<string, string | number>> = {},
): Device {
  return {
    ...{ id: 'dm-0', name: 'it', layer: 'blockstack', below: [], users: 1, notes: [], limit: null },
    parameters: Object.entries(parameters).map(([name, value]) => ({ name, value: `${value}`, from: `/sys/${name}` })),
    ...device,
  };
}
