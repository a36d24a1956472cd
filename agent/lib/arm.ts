// Arms have one name each: the set of stubbed layers decides it, so records and plans can be compared by id.

import { InternalError } from './errors.ts';
import { inLayerOrder, isLayer, type Arm, type Layer } from './layer.ts';

/** The arm in which every layer is deployed; all lifts are relative to it. */
export const baselineId = 'baseline';
/** The arm in which every layer is stubbed. */
export const allStubId = 'all-stub';

/**
 * The arm of `stack` in which exactly `stubbed` are stubbed, under its one canonical id: `baseline`, `stub-<layer>`,
 * `all-stub`, `only-<layer>` (all stubbed but it), else `stub-<a>+<b>`; the first that fits in this order wins, so
 * one layer's only stub arm is `stub-<layer>`, and of two layers `only-a` is `stub-b`.
 *
 * @throws InternalError when a stubbed layer is not part of the stack.
 */
export function nameArm(stubbed: Iterable<Layer>, stack: readonly Layer[]): Arm {
  const stubs = inLayerOrder(stubbed);
  const stranger = stubs.find((layer) => !stack.includes(layer));
  if (stranger !== undefined) throw new InternalError(`cannot stub ${stranger}: the stack is ${stack.join(', ')}`);
  return { id: idOf(stubs, inLayerOrder(stack)), stubbed: stubs };
}

/** The arm that `id` names in `stack`; also understands the names that are not canonical. Undefined if it names none. */
export function parseArm(id: string, stack: readonly Layer[]): Arm | undefined {
  if (id === baselineId) return nameArm([], stack);
  if (id === allStubId) return nameArm(stack, stack);
  const words = /^(stub|only)-(.+)$/.exec(id);
  const named = words?.[2]?.split('+') ?? [];
  if (named.length === 0 || !named.every((word) => isLayer(word) && stack.includes(word))) return undefined;
  const some = named.filter(isLayer);
  return nameArm(words?.[1] === 'only' ? stack.filter((layer) => !some.includes(layer)) : some, stack);
}

/** All 2^k arms of a stack of k layers, baseline first, fewer stubs before more. */
export function everyArm(stack: readonly Layer[]): readonly Arm[] {
  const subsets = inLayerOrder(stack).reduce<Layer[][]>(
    (sets, layer) => [...sets, ...sets.map((set) => [...set, layer])],
    [[]],
  );
  return subsets.map((set) => nameArm(set, stack)).sort((a, b) => a.stubbed.length - b.stubbed.length);
}

function idOf(stubs: readonly Layer[], stack: readonly Layer[]): string {
  const real = stack.filter((layer) => !stubs.includes(layer));
  const [only] = real;
  if (stubs.length === 0) return baselineId;
  if (stubs.length === 1) return `stub-${stubs.join()}`;
  if (only === undefined) return allStubId;
  return real.length === 1 ? `only-${only}` : `stub-${stubs.join('+')}`;
}
