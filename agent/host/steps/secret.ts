// A secret of 128 random bits for an attribute of configfs. It stands in the kernel alone: in no journal, log or argument.

import { randomBytes } from 'node:crypto';
import { HostError, reasonOf } from '../../lib/errors.ts';
import { word } from '../../lib/shell-words.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

export interface SecretStep extends StepBase {
  readonly kind: 'secret';
  /** Its object is one of this run's: the secret goes with it. */
  readonly path: string;
}

export const secretStep: StepKind<SecretStep> = {
  kind: 'secret',
  text: ({ path }) => ({ act: `openssl rand -hex 16 > ${word(path)}`, undo: null }),
  shared: true,
  present: () => Promise.resolve(false),
  capture: nothingToCapture,
  act: async ({ path }, _prior, _stop, kernel) => {
    const secret = randomBytes(16).toString('hex');
    await kernel.write(path, secret).catch((failure: unknown) => {
      // What could not be written stands in the message otherwise.
      throw new HostError(reasonOf(failure).replaceAll(secret, '<secret>'));
    });
    return '';
  },
  undo: () => Promise.resolve(),
};
