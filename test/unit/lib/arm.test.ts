import { describe, expect, it } from 'vitest';
import { everyArm, nameArm, parseArm } from '../../../agent/lib/arm.ts';
import { layers, type Layer } from '../../../agent/lib/layer.ts';

const stacks: readonly (readonly Layer[])[] = [
  ['media'],
  ['media', 'ring'],
  ['media', 'network', 'ring'],
  ['media', 'network', 'blockstack', 'ring'],
];

describe('nameArm', () => {
  it.each<[stack: readonly Layer[], stubbed: readonly Layer[], id: string]>([
    [layers, [], 'baseline'],
    [layers, ['network'], 'stub-network'],
    [layers, ['ring', 'media'], 'stub-media+ring'],
    [layers, ['media', 'network', 'blockstack'], 'only-ring'],
    [layers, layers, 'all-stub'],
    [['media'], ['media'], 'stub-media'],
    [['media', 'ring'], ['ring'], 'stub-ring'],
    [['media', 'ring'], ['media', 'ring'], 'all-stub'],
    [['media', 'network', 'ring'], ['media', 'ring'], 'only-network'],
  ])('in a stack of %j names the stubs %j %s', (stack, stubbed, id) => {
    expect(nameArm(stubbed, stack).id).toBe(id);
  });

  it('gives each set one id and no id twice, in every stack', () => {
    for (const stack of stacks) {
      const ids = everyArm(stack).map((arm) => arm.id);
      expect(new Set(ids).size).toBe(2 ** stack.length);
    }
  });

  it('does not care in which order the layers come', () => {
    expect(nameArm(['ring', 'media'], ['ring', 'network', 'media'])).toEqual(
      nameArm(['media', 'ring'], ['media', 'network', 'ring']),
    );
  });

  it('refuses to stub a layer that the stack does not have', () => {
    expect(() => nameArm(['ring'], ['media'])).toThrow('cannot stub ring');
  });
});

describe('parseArm', () => {
  it('reads back every canonical id', () => {
    for (const stack of stacks) {
      for (const arm of everyArm(stack)) expect(parseArm(arm.id, stack)).toEqual(arm);
    }
  });

  it.each<[id: string, stack: readonly Layer[], canonical: string]>([
    ['only-media', ['media', 'ring'], 'stub-ring'],
    ['all-stub', ['media'], 'stub-media'],
    ['only-media', ['media'], 'baseline'],
    ['stub-ring+media', layers, 'stub-media+ring'],
    ['stub-media+network+blockstack', layers, 'only-ring'],
  ])('understands %s in a stack of %j as %s', (id, stack, canonical) => {
    expect(parseArm(id, stack)?.id).toBe(canonical);
  });

  it.each(['', 'stub-', 'stub-disk', 'only-', 'none', 'stub-ring', 'stub-media+ring'])('knows no arm %j', (id) => {
    expect(parseArm(id, ['media', 'network'])).toBeUndefined();
  });
});
