// An NVMe/TCP controller, made by writing to /dev/nvme-fabrics as nvme-cli does (drivers/nvme/host/fabrics.c).
// It is known by our host NQN, never by its number: numbers are used again.

import { errnoOf, HostError, reasonOf } from '../../lib/errors.ts';
import { faultPoint } from '../kernel/fault.ts';
import { waitFor } from '../kernel/wait.ts';
import { controllersOf } from '../formats/nvme-controllers.ts';
import type { Kernel } from '../port.ts';
import { word, words } from '../../lib/shell-words.ts';
import { inNetns } from './netns.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

const answerDeadlineMs = 5_000;
const connectDeadlineMs = 20_000;
const keepAliveSeconds = 30;

export interface NvmeConnectStep extends StepBase {
  readonly kind: 'nvme-connect';
  readonly address: string;
  readonly port: number;
  readonly nqn: string;
  /** Ours alone: it marks the controller as made by this run. */
  readonly hostnqn: string;
  readonly hostid: string;
  readonly netns?: string;
  readonly queues: number;
  readonly queueSize: number;
}

export const nvmeConnectStep: StepKind<NvmeConnectStep> = {
  kind: 'nvme-connect',
  text: (s) => ({
    act: words([
      ...inNetns(s.netns),
      ...['nvme', 'connect', '-t', 'tcp', '-a', s.address, '-s', `${s.port}`, '-n', s.nqn],
      ...['-q', s.hostnqn, '--hostid', s.hostid, '-i', `${s.queues}`, '-Q', `${s.queueSize}`],
    ]),
    undo: `grep -lxF ${word(s.hostnqn)} /sys/class/nvme/*/hostnqn | while read -r f; do echo 1 > "\${f%hostnqn}delete_controller"; done`,
  }),
  present: async (step, _prior, kernel) => (await controllersOf(step, kernel)).length > 0,
  capture: nothingToCapture,
  act: async (step, _prior, _stop, kernel) => {
    const options = connectOptions(step);
    await mustBeUnused(step.nqn, kernel);
    // From another namespace only its own targets are dialled: they are there.
    if (step.netns === undefined) await mustAnswer(step.address, step.port, kernel);
    try {
      // Not as an argument: every user may read those.
      await kernel.run([...inNetns(step.netns), 'sh', '-c', 'cat >/dev/nvme-fabrics'], {
        deadlineMs: connectDeadlineMs,
        place: { cwd: '/', input: options },
      });
    } catch (cause) {
      throw new HostError(
        `cannot connect to NVMe/TCP target ${step.address}:${step.port} (${step.nqn}): ${cause instanceof Error ? (cause.message.split(': ').at(-1) ?? '') : ''}`,
        'check that the target listens there, offers this NQN and allows any host',
        { cause },
      );
    }
    for (const controller of await controllersOf(step, kernel)) await hideHost(controller, kernel);
    return '';
  },
  undo: async (step, _prior, patienceMs, kernel) => {
    for (const controller of await controllersOf(step, kernel)) await remove(controller, kernel);
    faultPoint('nvme removed');
    await waitFor(`the end of the NVMe controller of ${step.nqn}`, patienceMs, async () =>
      (await controllersOf(step, kernel)).length === 0 ? true : undefined,
    );
  },
  // A controller that has lost its target holds the I/O of all above it until it is gone.
  release: async (step, kernel) => {
    for (const controller of await controllersOf(step, kernel)) {
      const state = (await kernel.read(`/sys/class/nvme/${controller}/state`))?.trim();
      if (state !== undefined && state !== 'live') await remove(controller, kernel);
    }
  },
};

/** The host NQN is what a target knows us by. sysfs shows it to every user, unless told not to. */
async function hideHost(controller: string, kernel: Kernel): Promise<void> {
  for (const attribute of ['hostnqn', 'hostid'])
    await kernel.setMode(`/sys/class/nvme/${controller}/${attribute}`, 0o400);
}

async function remove(controller: string, kernel: Kernel): Promise<void> {
  await kernel.write(`/sys/class/nvme/${controller}/delete_controller`, '1').catch((failure: unknown) => {
    if (errnoOf(failure instanceof Error ? failure.cause : undefined) !== 'ENODEV') throw failure;
  });
}

/** Multipath would join our path to one that the host has: its device would be measured, and perhaps written. */
async function mustBeUnused(nqn: string, kernel: Kernel): Promise<void> {
  for (const name of await kernel.list('/sys/class/nvme')) {
    if ((await kernel.read(`/sys/class/nvme/${name}/subsysnqn`))?.trim() !== nqn) continue;
    throw new HostError(
      `the NVMe subsystem ${nqn} is in use by this host already (${name})`,
      'disconnect it, or measure another',
    );
  }
}

/** The text that /dev/nvme-fabrics takes. */
export function connectOptions(step: NvmeConnectStep): string {
  return [
    'transport=tcp',
    `traddr=${step.address}`,
    `trsvcid=${step.port}`,
    `nqn=${step.nqn}`,
    `hostnqn=${step.hostnqn}`,
    `hostid=${step.hostid}`,
    `nr_io_queues=${step.queues}`,
    `queue_size=${step.queueSize}`,
    `keep_alive_tmo=${keepAliveSeconds}`,
    // A lost target is a failed run, not ten minutes of silent queueing (the default of ctrl_loss_tmo). From a namespace it is one
    // at once: the kernel would dial anew from the host's own, where somebody else may answer (nvme_tcp_reconnect_ctrl_work).
    `reconnect_delay=1,ctrl_loss_tmo=${step.netns === undefined ? 5 : 0}`,
  ].join(',');
}

/** A plain connect first: the kernel would wait minutes for a target that never answers. */
async function mustAnswer(address: string, port: number, kernel: Kernel): Promise<void> {
  await kernel.dial(address, port, answerDeadlineMs).catch((cause: unknown) => {
    const hint = 'check address, port and firewall, and that the target runs';
    throw new HostError(`NVMe/TCP target ${address}:${port} ${reasonOf(cause)}`, hint, { cause });
  });
}
