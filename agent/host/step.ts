// A step: one change to the host as plain data, so that another process can undo it after a crash. One line a kind.

import { InternalError } from '../lib/errors.ts';
import { type Kernel, kernelHere } from './port.ts';
import { broughtModulesStep } from './steps/brought-modules.ts';
import { cgroupStep } from './steps/cgroup.ts';
import { controllersStep } from './steps/controllers.ts';
import { dmCreateStep } from './steps/dm-create.ts';
import { dmMessageStep } from './steps/dm-message.ts';
import { dmStatsStep } from './steps/dm-stats.ts';
import { dmSwapStep } from './steps/dm-swap.ts';
import { execStep } from './steps/exec.ts';
import { iscsiLoginStep } from './steps/iscsi-login.ts';
import { linkStep } from './steps/link.ts';
import { loopStep } from './steps/loop.ts';
import { mkdirStep } from './steps/mkdir.ts';
import { moduleStep } from './steps/module.ts';
import { nbdConnectStep } from './steps/nbd-connect.ts';
import { netnsStep } from './steps/netns-add.ts';
import { nvmeConnectStep } from './steps/nvme-connect.ts';
import { ringThreadsStep } from './steps/ring-threads.ts';
import { secretStep } from './steps/secret.ts';
import { spawnStep } from './steps/spawn.ts';
import { udevModuleStep } from './steps/udev-module.ts';
import { udevRulesStep } from './steps/udev-rules.ts';
import { vduseStep } from './steps/vduse.ts';
import { writeStep } from './steps/write.ts';
import { writeOutStep } from './steps/write-out.ts';
import { xenDomainStep } from './steps/xen-domain.ts';
import { xenFilesStep } from './steps/xen-files.ts';
import { xenVbdStep } from './steps/xen-vbd.ts';
import type { StepKind, StepText, Verb } from './steps/verb.ts';

const kinds = [
  moduleStep,
  broughtModulesStep,
  mkdirStep,
  writeStep,
  linkStep,
  execStep,
  cgroupStep,
  controllersStep,
  dmCreateStep,
  dmSwapStep,
  dmMessageStep,
  dmStatsStep,
  writeOutStep,
  netnsStep,
  nvmeConnectStep,
  secretStep,
  iscsiLoginStep,
  nbdConnectStep,
  loopStep,
  vduseStep,
  xenVbdStep,
  xenFilesStep,
  xenDomainStep,
  ringThreadsStep,
  udevRulesStep,
  udevModuleStep,
  spawnStep,
] as const;

type DataOf<K> = K extends StepKind<infer S> ? S : never;

export type Step = DataOf<(typeof kinds)[number]>;
export type StepOf<K extends Step['kind']> = Extract<Step, { kind: K }>;

const byKind: ReadonlyMap<string, unknown> = new Map(kinds.map((one) => [one.kind, one]));

/** The step's kind, typed for it. Throws InternalError for a kind of another version. */
function kindOf<S extends Step>(step: S): StepKind<S> {
  const found = byKind.get(step.kind);
  if (found === undefined) throw new InternalError(`no step kind ${step.kind}`);
  return found as StepKind<S>;
}

/** Verbs that know their kernel, by their kind. */
const boundTo = new WeakMap<Kernel, Map<string, unknown>>();

/** How to see, do and undo a step on a machine. One verb serves all steps of its kind. */
export function verbOf<S extends Step>(step: S, kernel: Kernel = kernelHere): Verb<S> {
  const kind = kindOf(step);
  const bound = boundTo.get(kernel) ?? new Map<string, unknown>();
  boundTo.set(kernel, bound);
  const verb = (bound.get(kind.kind) ?? bind(kind, kernel)) as Verb<S>;
  bound.set(kind.kind, verb);
  return verb;
}

function bind<S extends Step>(kind: StepKind<S>, kernel: Kernel): Verb<S> {
  const { release, readBack, takenOver, ...rest } = kind;
  return {
    ...rest,
    present: (one, prior) => kind.present(one, prior, kernel),
    capture: (one) => kind.capture(one, kernel),
    act: (one, prior, stop) => kind.act(one, prior, stop, kernel),
    undo: (one, prior, patienceMs) => kind.undo(one, prior, patienceMs, kernel),
    ...(release ? { release: (one) => release(one, kernel) } : {}),
    ...(readBack ? { readBack: (one) => readBack(one, kernel) } : {}),
    ...(takenOver ? { takenOver: (one, became) => takenOver(one, became, kernel) } : {}),
  };
}

export function isKnownKind(kind: string): kind is Step['kind'] {
  return byKind.has(kind);
}

/** The kinds of step that a host and its unwind know. */
export interface Kinds {
  readonly verbOf: (step: Step) => Verb<Step>;
  readonly isKnownKind: (kind: string) => boolean;
}

/** Those of this version. */
export const kindsHere: Kinds = { verbOf, isKnownKind };

/** `prior`: what was captured before the act, where it is known; then the inverse names it. */
export function renderStep(step: Step, prior?: string): StepText {
  return kindOf(step).text(step, prior);
}
