// A virtual block device of Xen, made in xenstore as a toolstack does, but in one transaction and without hotplug scripts,
// which take seconds and hang where a part of their surroundings is missing.

import { reasonOf, HostError } from '../../lib/errors.ts';
import { faultPoint } from '../kernel/fault.ts';
import { waitFor } from '../kernel/wait.ts';
import type { Kernel } from '../port.ts';
import type { Xenstore } from '../xen/xenstore.ts';
import { words } from '../../lib/shell-words.ts';
import { vbdMarkKey, vbdPaths, xenState, type Domain } from '../../lib/xen.ts';
import { parsePrior, type StepBase, type StepKind } from './verb.ts';

const connectDeadlineMs = 10_000;
const closeDeadlineMs = 3_000;

/** Keys that may come into being above a vbd's own, the deepest first. */
const parentsOf = (domain = 0): readonly string[] =>
  [`backend/vbd/${domain}`, 'backend/vbd', 'backend', 'device/vbd', 'device']
    .flatMap((path) => [`/local/domain/0/${path}`, `/local/domain/0/error/${path}`])
    .concat('/local/domain/0/error');

/** A virtual block device of Xen, its backend in domain 0. */
export interface XenVbdStep extends StepBase {
  readonly kind: 'xen-vbd';
  /** The domain of ours that has the frontend; left out: domain 0 as well. */
  readonly domain?: Domain;
  readonly readOnly?: true;
  /** The name of its disk, such as `xvdp`. */
  readonly name: string;
  /** Its number in xenstore. */
  readonly id: number;
  /** The device that its backend opens. */
  readonly path: string;
  /** Ours alone; kept with it in xenstore. */
  readonly mark: string;
}

export const xenVbdStep: StepKind<XenVbdStep> = {
  kind: 'xen-vbd',
  // The toolstack would do the same; the agent itself writes to xenstore, so the toolstack does not know the device afterwards.
  text: ({ name, id, path, domain, readOnly }) => {
    const { front, back } = vbdPaths(id, domain?.id);
    return {
      act: words([
        ...['xl', 'block-attach', domain?.name ?? '0'],
        `format=raw,vdev=${name},access=${readOnly ? 'ro' : 'rw'},target=${path}`,
      ]),
      undo: `xenstore-write ${back}/online 0 ${back}/state ${xenState.closing}; sleep 3; xenstore-rm ${front}; xenstore-rm ${back}`,
    };
  },
  present: ({ id, mark, domain }, _prior, kernel) =>
    kernel.inXenstore(async (store) => {
      const { front, back } = vbdPaths(id, domain?.id);
      return (
        (await store.read(`${back}/${vbdMarkKey}`)) === mark || (await store.read(`${front}/${vbdMarkKey}`)) === mark
      );
    }),
  /** The parents that are not there yet: they go again with the last vbd in them. */
  capture: ({ domain }, kernel) =>
    kernel.inXenstore(async (store) => {
      const missing: string[] = [];
      for (const path of parentsOf(domain?.id)) if ((await store.read(path)) === undefined) missing.push(path);
      return missing.join(' ');
    }),
  act: async (step, _prior, _stop, kernel) => {
    await kernel.changeXenstore((store) => writeEnds(store, step));
    faultPoint('xen-vbd written');
    await connectEnds(step, kernel);
    return step.domain === undefined ? `/dev/${step.name}` : '';
  },
  undo: async (step, prior, patienceMs, kernel) => {
    await closeEnds(step, kernel);
    faultPoint('xen-vbd closed');
    await kernel.changeXenstore((store) => removeEnds(store, step, prior));
    faultPoint('xen-vbd removed');
    await waitFor(`the end of the Xen vbd ${step.name}`, patienceMs, async () =>
      (await isGone(step, kernel)) ? true : undefined,
    );
  },
};

async function writeEnds(store: Xenstore, { name, id, path, mark, ...step }: XenVbdStep): Promise<void> {
  const domain = step.domain?.id ?? 0;
  const { front, back } = vbdPaths(id, domain);
  for (const end of [front, back]) {
    if ((await store.read(end)) === undefined) continue;
    throw new HostError(
      `the Xen vbd ${name} is taken: ${end} is in xenstore`,
      `xl block-detach ${domain} ${id}, if nobody uses it`,
    );
  }
  const write = async (end: string, keys: Readonly<Record<string, string>>): Promise<void> => {
    // The first key makes the folder, whose owner those below it get.
    await store.write(end, '');
    await (end === front ? store.permit(end, domain, 0) : store.permit(end, 0, domain));
    for (const [key, value] of Object.entries(keys)) await store.write(`${end}/${key}`, value);
  };
  const type = { 'device-type': 'disk', [vbdMarkKey]: mark };
  const mode = step.readOnly ? 'r' : 'w';
  const ours = { online: '1', dev: name, type: 'phy', mode, params: path, removable: '0', bootable: '0' };
  await write(front, {
    ...type,
    backend: back,
    'backend-id': '0',
    'virtual-device': `${id}`,
    state: xenState.initialising,
  });
  await write(back, {
    ...{ ...type, ...ours, frontend: front, 'frontend-id': `${domain}` },
    // Said by the hotplug script otherwise: nothing waits for one.
    ...{ 'discard-enable': '0', 'hotplug-status': 'connected', state: xenState.initialising },
  });
}

/** The backend takes its device only once it waits for it. What another domain does follows when that runs. */
async function connectEnds(step: XenVbdStep, kernel: Kernel): Promise<void> {
  const { front, back } = vbdPaths(step.id, step.domain?.id);
  try {
    await untilState(back, xenState.initWait, kernel);
    const [major, minor] = numberOf(step.path, kernel);
    await kernel.inXenstore((store) => store.write(`${back}/physical-device`, `${major}:${minor}`));
    faultPoint('xen-vbd offered');
    if (step.domain !== undefined) return;
    for (const end of [back, front]) await untilState(end, xenState.connected, kernel);
    await waitFor(`the disk ${step.name}`, connectDeadlineMs, async () =>
      Number((await kernel.read(`/sys/block/${step.name}/size`)) ?? 0) > 0 ? true : undefined,
    );
  } catch (cause) {
    const hint = 'xl dmesg and dmesg may say why; xenstored, xen_blkback and xen_blkfront must work in domain 0';
    const why = [reasonOf(cause), ...(await complaints(step, kernel))].join('; ');
    throw new HostError(`the Xen vbd ${step.name} on ${step.path} does not connect: ${why}`, hint, { cause });
  }
}

async function untilState(end: string, wanted: string, kernel: Kernel): Promise<void> {
  let last: string | undefined;
  const reached = waitFor(`state ${wanted}`, connectDeadlineMs, async () => {
    last = await kernel.inXenstore((store) => store.read(`${end}/state`));
    if (last === xenState.closing || last === xenState.closed) throw new HostError(`${end} has closed (state ${last})`);
    return last !== undefined && Number(last) >= Number(wanted) ? true : undefined;
  });
  await reached.catch((cause: unknown) => {
    if (last === xenState.closing || last === xenState.closed) throw cause;
    const seconds = connectDeadlineMs / 1000;
    throw new HostError(`${end} is in state ${last ?? 'none'} after ${seconds} s in place of ${wanted}`, undefined, {
      cause,
    });
  });
}

/** Errors that the drivers have written about it (drivers/xen/xenbus/xenbus_client.c, xenbus_va_dev_error). */
async function complaints({ id, domain }: XenVbdStep, kernel: Kernel): Promise<readonly string[]> {
  const read = errorPaths(id, domain?.id).map((path) => kernel.inXenstore((store) => store.read(`${path}/error`)));
  return (await Promise.all(read).catch(() => [])).flatMap((text) => text ?? []);
}

function errorPaths(id: number, domain = 0): readonly string[] {
  return [`backend/vbd/${domain}/${id}`, `device/vbd/${id}`].map((path) => `/local/domain/0/error/${path}`);
}

/** Asks both ends to close; where one does not answer, removing its keys ends it. */
async function closeEnds(step: XenVbdStep, kernel: Kernel): Promise<void> {
  const { id, mark, domain } = step;
  // With its domain the frontend is gone, and the backend goes by itself.
  if (await isGone(step, kernel)) return;
  const { front, back } = vbdPaths(id, domain?.id);
  await kernel.changeXenstore(async (store) => {
    if ((await store.read(`${back}/${vbdMarkKey}`)) !== mark) return;
    await store.write(`${back}/online`, '0');
    if ((await store.read(`${back}/state`)) !== xenState.closed) await store.write(`${back}/state`, xenState.closing);
  });
  const closed = async (end: string): Promise<boolean> => {
    const state = await kernel.inXenstore((store) => store.read(`${end}/state`));
    return state === undefined || state === xenState.closed;
  };
  await waitFor('both ends closed', closeDeadlineMs, async () =>
    (await isGone(step, kernel)) || ((await closed(back)) && (await closed(front))) ? true : undefined,
  ).catch(() => undefined);
}

async function removeEnds(store: Xenstore, { id, mark, domain }: XenVbdStep, prior: string | undefined): Promise<void> {
  const { front, back } = vbdPaths(id, domain?.id);
  for (const end of [front, back]) if ((await store.read(`${end}/${vbdMarkKey}`)) === mark) await store.remove(end);
  for (const path of errorPaths(id, domain?.id)) await store.remove(path);
  const parents = parentsOf(domain?.id);
  for (const path of parsePrior(prior).filter((one) => parents.includes(one)))
    if ((await store.list(path)).length === 0) await store.remove(path);
}

async function isGone({ name, id, domain }: XenVbdStep, kernel: Kernel): Promise<boolean> {
  const backend = `vbd-${domain?.id ?? 0}-${id}`;
  if ((await kernel.list('/sys/bus/xen-backend/devices')).includes(backend)) return false;
  if (domain !== undefined) return true;
  return (
    !(await kernel.list('/sys/bus/xen/devices')).includes(`vbd-${id}`) && !(await kernel.exists(`/sys/block/${name}`))
  );
}

/** Hexadecimal, as the backend reads it. */
function numberOf(path: string, kernel: Kernel): readonly string[] {
  const number = kernel.blockNumber(path);
  if (number === undefined) throw new HostError(`cannot use ${path}: it is no block device`);
  return number.split(':').map((part) => Number(part).toString(16));
}
