// Inputs made to harm against every decoder: how many were tried, taken and refused. Anything else is a bug, and ends it
// with the input that shows it.

import fc from 'fast-check';
import { kinds } from '../../test/support/hostile.ts';
import { print } from './figures.ts';

const inputs = Number(process.env['INPUTS'] ?? 100_000);
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const each = Math.ceil(inputs / kinds.length);

print(`inputs, seed ${seed}`, `${'tried'.padStart(9)} ${'refused'.padStart(9)} ${'taken'.padStart(9)}`);
for (const kind of kinds) {
  let [refused, taken] = [0, 0];
  const property = fc.property(kind.inputs, (text) => {
    if (kind.take(text)) taken++;
    else refused++;
  });
  fc.assert(property, { seed, numRuns: each });
  print(kind.name, [each, refused, taken].map((count) => String(count).padStart(9)).join(' '));
}
print('fuzz inputs taken or refused in words / tried', `${each * kinds.length} / ${each * kinds.length}`);
