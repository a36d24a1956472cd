// Parameters of device-mapper targets by their position (Documentation/admin-guide/device-mapper/*.rst): which words are
// devices, and which say how it works. A target that stands in no row is said to be unknown, never guessed.

export interface TargetParts {
  /** Device words: `253:3`, or a path. */
  readonly devices: readonly { readonly word: string; readonly role?: string }[];
  readonly values: Readonly<Record<string, string>>;
}

type Parse = (words: readonly string[]) => TargetParts;

const at = (words: readonly string[], i: number): string => words[i] ?? '';
/** `COUNT word...` from a position on: the words, and what comes after them. */
function counted(words: readonly string[], i: number): { readonly some: readonly string[]; readonly next: number } {
  const many = /^\d{1,4}$/.test(at(words, i)) ? Number(words[i]) : 0;
  return { some: words.slice(i + 1, i + 1 + many), next: i + 1 + many };
}
const options = (some: readonly string[]): Readonly<Record<string, string>> =>
  some.length > 0 ? { options: some.join(' ') } : {};
/** One device at a position, with what the others mean. */
const one =
  (i: number, names: Readonly<Record<number, string>> = {}): Parse =>
  (words) => ({
    devices: [{ word: at(words, i) }],
    values: Object.fromEntries(Object.entries(names).map(([place, name]) => [name, at(words, Number(place))])),
  });
const nothing: Parse = () => ({ devices: [], values: {} });

/** Pairs or single words of devices, every `step`-th. */
function everyNth(words: readonly string[], from: number, step: number): readonly string[] {
  return words.filter((word, i) => i >= from && (i - from) % step === 0 && word !== '-');
}

const crypt: Parse = (words) => ({
  devices: [{ word: at(words, 3) }],
  values: {
    cipher: at(words, 0),
    'key bits': `${keyBits(at(words, 1))}`,
    ...options(counted(words, 5).some),
  },
});

/** Of hexadecimal digits, or of what a keyring holds: `:BYTES:TYPE:NAME`. */
function keyBits(key: string): number {
  const bytes = /^:(\d{1,4}):/.exec(key)?.[1];
  return bytes === undefined ? key.length * 4 : Number(bytes) * 8;
}

const raid: Parse = (words) => {
  const { some, next } = counted(words, 1);
  const legs = words.slice(next + 1);
  return {
    devices: legs.flatMap((word, i) => (word === '-' ? [] : [{ word, role: i % 2 === 0 ? 'meta' : 'data' }])),
    values: { level: at(words, 0), legs: at(words, next), chunk: `${at(some, 0)} sectors`, ...options(some.slice(1)) },
  };
};

const cache: Parse = (words) => {
  const features = counted(words, 4);
  const policy = at(words, features.next);
  return {
    devices: ['meta', 'cache', 'origin'].map((role, i) => ({ word: at(words, i), role })),
    values: {
      block: `${at(words, 3)} sectors`,
      mode: features.some.find((word) => /^write(through|back)$|^passthrough$/.test(word)) ?? 'writethrough',
      policy,
      ...options(counted(words, features.next + 1).some),
    },
  };
};

const writecache: Parse = (words) => ({
  devices: [
    { word: at(words, 1), role: 'origin' },
    { word: at(words, 2), role: 'cache' },
  ],
  values: { type: at(words, 0), block: `${at(words, 3)} bytes`, ...options(counted(words, 4).some) },
});

const multipath: Parse = (words) => {
  const features = counted(words, 0);
  const handler = counted(words, features.next);
  const groups = Math.min(64, Number(at(words, handler.next)) || 0);
  const devices: { word: string; role: string }[] = [];
  const selectors: string[] = [];
  let next = handler.next + 2;
  for (let group = 1; group <= groups; group++) {
    selectors.push(at(words, next));
    next = counted(words, next + 1).next;
    const [paths, own] = [Number(at(words, next)) || 0, Number(at(words, next + 1)) || 0];
    next += 2;
    for (let path = 0; path < Math.min(paths, 1024) && next < words.length; path++, next += 1 + own)
      devices.push({ word: at(words, next), role: `path of group ${group}` });
  }
  return {
    devices,
    values: {
      selector: [...new Set(selectors)].join(', '),
      groups: `${groups}`,
      paths: `${devices.length}`,
      ...(features.some.length > 0 ? { features: features.some.join(' ') } : {}),
      ...(handler.some.length > 0 ? { 'hardware handler': handler.some.join(' ') } : {}),
    },
  };
};

const mirror: Parse = (words) => {
  const { some, next } = counted(words, 1);
  return {
    devices: everyNth(words, next + 1, 2)
      .slice(0, Number(at(words, next)) || 0)
      .map((word) => ({ word, role: 'leg' })),
    values: { log: at(words, 0), legs: at(words, next), ...options(some) },
  };
};

const origins: Parse = (words) => ({
  devices: [
    { word: at(words, 0), role: 'origin' },
    { word: at(words, 1), role: 'copy-on-write' },
  ],
  values: { persistent: at(words, 2), chunk: `${at(words, 3)} sectors` },
});

export const targetParsers: Readonly<Record<string, Parse>> = {
  linear: one(0),
  delay: (words) => ({
    devices: [{ word: at(words, 0) }, ...(words.length >= 6 ? [{ word: at(words, 3), role: 'writes' }] : [])],
    values: { delay: `${at(words, 2)} ms` },
  }),
  flakey: one(0, { 2: 'up s', 3: 'down s' }),
  dust: one(0),
  error: nothing,
  zero: nothing,
  striped: (words) => ({
    devices: everyNth(words, 2, 2).map((word) => ({ word })),
    values: { stripes: at(words, 0), chunk: `${at(words, 1)} sectors` },
  }),
  unstriped: one(3, { 0: 'stripes', 1: 'chunk' }),
  crypt,
  'thin-pool': (words) => ({
    devices: [
      { word: at(words, 0), role: 'meta' },
      { word: at(words, 1), role: 'data' },
    ],
    values: {
      block: `${at(words, 2)} sectors`,
      'low water': `${at(words, 3)} blocks`,
      ...options(counted(words, 4).some),
    },
  }),
  thin: (words) => ({
    devices: [
      { word: at(words, 0), role: 'pool' },
      ...(words.length > 2 ? [{ word: at(words, 2), role: 'external origin' }] : []),
    ],
    values: { 'thin id': at(words, 1) },
  }),
  cache,
  writecache,
  raid,
  mirror,
  multipath,
  snapshot: origins,
  'snapshot-merge': origins,
  'snapshot-origin': one(0),
  integrity: (words) => ({
    devices: [{ word: at(words, 0) }],
    values: { tag: `${at(words, 2)} bytes`, mode: at(words, 3), ...options(counted(words, 4).some) },
  }),
  verity: (words) => ({
    devices: [
      { word: at(words, 1), role: 'data' },
      { word: at(words, 2), role: 'hashes' },
    ],
    values: { 'data block': at(words, 3), algorithm: at(words, 7) },
  }),
  era: (words) => ({
    devices: [
      { word: at(words, 0), role: 'meta' },
      { word: at(words, 1), role: 'origin' },
    ],
    values: { block: `${at(words, 2)} sectors` },
  }),
  vdo: one(1, { 0: 'version' }),
};

/** A key becomes as many zeros: what a cipher costs depends on the length of its key alone. What a keyring holds is only named. */
export function withoutKeys(type: string, params: string): string {
  if (type === 'crypt') {
    return params.replace(/^(\S+\s+)([^:\s]\S*)/, (_, cipher: string, key: string) => cipher + '0'.repeat(key.length));
  }
  if (type === 'integrity') {
    return params.replace(
      /\b((?:internal_hash|journal_crypt|journal_mac):[^:\s]+:)(\S+)/g,
      (_, algorithm: string, key: string) => algorithm + '0'.repeat(key.length),
    );
  }
  return params;
}
