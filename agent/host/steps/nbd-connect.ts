// A device of the kernel's NBD client. It is known by the backend that it was given, which no other has, and not by its number
// alone: numbers are used again. The agent connects and shakes hands from inside the client's namespace, and the kernel takes
// the connections over.

import { errnoOf, HostError } from '../../lib/errors.ts';
import { faultPoint } from '../kernel/fault.ts';
import type { Connection } from '../kernel/socket.ts';
import { waitFor } from '../kernel/wait.ts';
import { askForExport, type Export, manyConnections } from '../nbd/handshake.ts';
import { connectNbd, disconnectNbd } from '../nbd/orders.ts';
import type { Kernel } from '../port.ts';
import { words } from '../../lib/shell-words.ts';
import { inNetns } from './netns.ts';
import type { StepBase, StepKind } from './verb.ts';

const callMs = 15_000;

export interface NbdConnectStep extends StepBase {
  readonly kind: 'nbd-connect';
  readonly index: number;
  readonly backend: string;
  readonly netns: string;
  readonly address: string;
  readonly port: number;
  readonly export: string;
  readonly connections: number;
  readonly blockBytes: number;
}

export const nbdConnectStep: StepKind<NbdConnectStep> = {
  kind: 'nbd-connect',
  text: ({ index, netns, address, port, export: name, connections }) => ({
    act: words([
      ...inNetns(netns),
      ...['nbd-client', '-N', name, '-C', `${connections}`, address, `${port}`, `/dev/nbd${index}`],
    ]),
    undo: `nbd-client -d /dev/nbd${index}`,
  }),
  present: (step, _prior, kernel) => isOurs(step, kernel),
  /** Whether the device was there, without a server. */
  capture: async ({ index }, kernel) => ((await kernel.exists(`/sys/block/nbd${index}`)) ? 'found' : 'added'),
  act: async (step, prior, _stop, kernel) => {
    const wires: Connection[] = [];
    try {
      let last: Export = { bytes: 0, flags: 0 };
      for (let i = 0; i < step.connections; i++) {
        const wire = await dial(step, kernel);
        wires.push(wire);
        last = await askForExport(wire, step.export).catch((failure: unknown) => {
          if (failure instanceof HostError) throw failure;
          throw new HostError(`the NBD server broke the handshake off: ${errnoOf(failure) ?? String(failure)}`);
        });
      }
      if (wires.length > 1 && (last.flags & manyConnections) === 0)
        throw new HostError('the NBD server takes one connection for a disk alone', 'set connections: 1');
      faultPoint('nbd shaken hands');
      const { index, backend, blockBytes } = step;
      const isNew = prior === 'added';
      await connectNbd({ index, backend, blockBytes, isNew, ...last, fds: wires.map(({ fd }) => fd) }, kernel);
      faultPoint('nbd connected');
    } finally {
      // Those that the kernel has stay open there.
      for (const wire of wires) wire.close();
    }
    return '';
  },
  undo: async (step, _prior, patienceMs, kernel) => {
    if (!(await isOurs(step, kernel))) return;
    await disconnectNbd(step.index, kernel).catch((failure: unknown) => {
      if (errnoOf(failure instanceof Error ? failure.cause : undefined) !== 'EINVAL') throw failure;
    });
    faultPoint('nbd let go');
    await waitFor(`the end of /dev/nbd${step.index}`, patienceMs, async () =>
      (await isOurs(step, kernel)) ? undefined : true,
    );
  },
};

async function isOurs({ index, backend }: NbdConnectStep, kernel: Kernel): Promise<boolean> {
  return (await kernel.read(`/sys/block/nbd${index}/backend`))?.trim() === backend;
}

async function dial({ netns, address, port }: NbdConnectStep, kernel: Kernel): Promise<Connection> {
  return kernel.connectIn(netns, address, port, callMs).catch((cause: unknown) => {
    throw new HostError(`cannot connect to the NBD server ${address}:${port}: ${errnoOf(cause) ?? String(cause)}`);
  });
}
