// One line a verb. A new kind of step does not compile until it has one.

import type { Step } from '../step.ts';
import { cgroupVerb, controllersVerb } from './cgroup.ts';
import { dmCreateVerb, dmStatsVerb, dmSwapVerb } from './dm.ts';
import { execVerb } from './exec.ts';
import { linkVerb, mkdirVerb, writeVerb } from './filesystem.ts';
import { loopVerb } from './loop.ts';
import { moduleVerb } from './module.ts';
import { nvmeConnectVerb } from './nvme.ts';
import { ringThreadsVerb } from './ring-threads.ts';
import { spawnVerb } from './spawn.ts';
import { vduseVerb } from './vduse.ts';
import type { Verb } from './verb.ts';
import { xenDomainVerb } from './xen-domain.ts';
import { xenFilesVerb } from './xen-files.ts';
import { xenVbdVerb } from './xen-vbd.ts';

const verbs: { readonly [K in Step['kind']]: Verb<K> } = {
  module: moduleVerb,
  mkdir: mkdirVerb,
  write: writeVerb,
  link: linkVerb,
  exec: execVerb,
  cgroup: cgroupVerb,
  controllers: controllersVerb,
  'dm-create': dmCreateVerb,
  'dm-swap': dmSwapVerb,
  'dm-stats': dmStatsVerb,
  'nvme-connect': nvmeConnectVerb,
  loop: loopVerb,
  vduse: vduseVerb,
  'xen-vbd': xenVbdVerb,
  'xen-files': xenFilesVerb,
  'xen-domain': xenDomainVerb,
  'ring-threads': ringThreadsVerb,
  spawn: spawnVerb,
};

/** The verb of a step, typed for it. */
export function verbOf<S extends Step>(step: S): Verb<S['kind']> {
  return verbs[step.kind] as unknown as Verb<S['kind']>;
}

export function isKnownKind(kind: string): kind is Step['kind'] {
  return Object.hasOwn(verbs, kind);
}
