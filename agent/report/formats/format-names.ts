// The names alone, for the command line: it must not load the formats to list them.

export const formatNames = ['text', 'json', 'ndjson', 'md', 'html'] as const;

export type FormatName = (typeof formatNames)[number];

/** Of `status`: for people, programs, a monitor, the local facts of Ansible, and Prometheus. */
export const statusFormats = ['text', 'json', 'nagios', 'ansible', 'prometheus'] as const;

export type StatusFormat = (typeof statusFormats)[number];
