// The names alone, for the command line: it must not load the formats to list them.

export const formatNames = ['text', 'json', 'ndjson', 'md', 'html'] as const;

export type FormatName = (typeof formatNames)[number];
