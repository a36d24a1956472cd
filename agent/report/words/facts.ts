// The facts that are put into words, and the words.

import type { ReportDocument } from '../schema/schema.ts';

/** The document before it has words. */
export type Facts = Omit<ReportDocument, 'sentence' | 'next' | 'why'>;
export type Wording = Pick<ReportDocument, 'sentence' | 'next' | 'why'>;
