// The JSON Schema of a document as others check it. Within a version a document may get more fields, so unknown ones pass:
// zod would shut them out.

import * as z from 'zod';

/** JSON Schema (draft 2020-12) of what `schema` gives out. */
export function publishedSchema(schema: z.ZodType): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
}
