// The verdict as it is serialised: the kinds of the analysis, and that there was no such question.

import * as z from 'zod';
import { verdictKinds } from '../../analysis/verdict/kinds.ts';

export const verdictSchema = z.discriminatedUnion('kind', [
  ...verdictKinds,
  z.object({ kind: z.literal('not-asked') }).describe('caps alone were looked for'),
]);
