import { InternalError } from './errors.ts';

/** Ends a `switch` over a closed union: a new kind does not compile until it is handled. */
export function unreachable(value: never): never {
  throw new InternalError(`unhandled kind ${JSON.stringify(value)}`);
}
