// The modules that device-mapper tables want (pure): those of the targets, and those that the kernel would bring in by
// itself while a table is loaded. Asked for by name, they are journaled and unloaded again.

import type { DmTable, DmTarget } from '../../host/dm/table.ts';
import type { Need } from '../../host/needs/needs.ts';
import { absenceOf } from './refused-targets.ts';

export interface WantedModule {
  readonly name: string;
  readonly why: string;
}

// Targets whose module is not called after them; `dm_mod` brings the first three itself.
const moduleNames: Readonly<Record<string, string>> = {
  linear: 'dm_mod',
  striped: 'dm_mod',
  error: 'dm_mod',
  thin: 'dm_thin_pool',
  'thin-pool': 'dm_thin_pool',
  'snapshot-origin': 'dm_snapshot',
  'snapshot-merge': 'dm_snapshot',
};

export function moduleOf(target: string): string {
  return moduleNames[target] ?? `dm_${target.replaceAll('-', '_')}`;
}

/** In the order of loading, each once. */
export function modulesOf(table: DmTable): readonly WantedModule[] {
  const wanted = [
    ...table.map(({ type }) => ({ name: moduleOf(type), why: `the device-mapper target ${type}` })),
    ...table.flatMap(helpersOf),
  ];
  return [...new Map(wanted.map((module) => [module.name, module])).values()];
}

/** The targets, and what of their helpers a kernel may be built without: algorithms have other ways to be there. */
export function needsOfTables(table: DmTable): readonly Need[] {
  const targets = [...new Set(table.map(({ type }) => type))].map((target): Need => {
    return {
      kind: 'module',
      name: moduleOf(target),
      forWhat: `the device-mapper target ${target}`,
      hint: absenceOf(target),
    };
  });
  const helpers = table.flatMap(helpersOf).filter(({ name }) => !name.startsWith('crypto-'));
  return [
    ...targets,
    ...new Map(helpers.map(({ name, why }) => [name, { kind: 'module', name, forWhat: why } as const])).values(),
  ];
}

/** By the names that the kernel asks for in request_module() and crypto_alloc_*(). */
function helpersOf({ type, params }: DmTarget): readonly WantedModule[] {
  const words = params.split(/\s+/);
  const algorithms = (text: string): readonly WantedModule[] =>
    [...text.matchAll(/\w+/g)]
      .flatMap(([name]) => [...(broughtBy[name] ?? []), name])
      .map((name) => ({ name: `crypto-${name}`, why: `an algorithm of the ${type} target` }));
  switch (type) {
    case 'multipath':
      return words
        .filter((word) => /^(round-robin|queue-length|(historical-)?service-time|io-affinity)$/.test(word))
        .map((word) => ({ name: `dm_${word.replaceAll('-', '_')}`, why: `the path selector ${word}` }));
    case 'cache': {
      // metadata, cache, origin, block size, the number of features and these; then the policy.
      const policy = words[5 + Number(words[4])];
      return policy === undefined ? [] : [{ name: `dm-cache-${policy}`, why: `the cache policy ${policy}` }];
    }
    case 'raid': {
      // The other levels are in raid456, on which the target itself depends.
      const [level] = /^raid(0|10|1)/.exec(words[0] ?? '') ?? [];
      return level === undefined ? [] : [{ name: level, why: `the RAID level ${words[0] ?? ''}` }];
    }
    case 'crypt':
      return algorithms(cipherOf(words[0] ?? ''));
    case 'integrity':
      return words.flatMap((word) => algorithms(/^(?:internal_hash|journal_\w+):([^:]*)/.exec(word)?.[1] ?? ''));
    case 'verity':
      return algorithms(words[7] ?? '');
    default:
      return [];
  }
}

/** Algorithms that a template asks for by itself when it is put together (crypto/adiantum.c, hctr2.c, chacha20poly1305.c, ccm.c, gcm.c). */
const broughtBy: Readonly<Record<string, readonly string[]>> = {
  adiantum: ['nhpoly1305'],
  hctr2: ['xctr', 'polyval'],
  rfc7539: ['chacha20', 'poly1305'],
  rfc7539esp: ['chacha20', 'poly1305'],
  ccm: ['ctr', 'cbcmac'],
  gcm: ['ctr', 'ghash'],
};

/** The parts of a cipher: `aes-cbc-essiv:sha256` and `capi:essiv(cbc(aes),sha256)-plain64`; modes want ecb beneath. */
function cipherOf(spec: string): string {
  const api = /^capi:(.*)-/.exec(spec)?.[1];
  if (api !== undefined) return `${api} ecb`;
  const [cipher = '', mode = '', iv = ''] = spec.split('-');
  const hash = /^essiv:(\w+)/.exec(iv)?.[1];
  return `${cipher.replace(/:.*/, '')} ecb ${mode}${hash === undefined ? '' : ` essiv ${hash}`}`;
}
