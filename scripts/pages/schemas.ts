// The JSON Schemas that are published in agent/docs/schemas, by the name of their document.

import { discoveredJsonSchema } from '../../agent/discover/document.ts';
import { observedJsonSchema } from '../../agent/observe/document.ts';
import { reportJsonSchema } from '../../agent/report/document/document.ts';

export const schemas = {
  report: reportJsonSchema,
  discovered: discoveredJsonSchema,
  observed: observedJsonSchema,
} as const;
