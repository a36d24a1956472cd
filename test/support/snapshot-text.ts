// A snapshot of a host, made of a few files.

/** The text of a snapshot with these records: of files, folders and tools. */
export function snapshotOf({
  files = {},
  lists = {},
  links = {},
  tools = {},
}: {
  files?: Readonly<Record<string, string>>;
  lists?: Readonly<Record<string, readonly string[]>>;
  /** Where each leads in the end. */
  links?: Readonly<Record<string, string>>;
  tools?: Readonly<Record<string, string>>;
}): string {
  const record = (kind: string, about: string, lines: readonly string[]): readonly string[] => [
    `${kind} ${about}`,
    ...lines.map((line) => `\t${line}`),
  ];
  return [
    'layerlift-snapshot 1',
    ...Object.entries(files).flatMap(([path, text]) => record('file', path, text.split('\n'))),
    ...Object.entries(lists).flatMap(([path, names]) => record('list', path, names)),
    ...Object.entries(links).flatMap(([path, real]) => record('real', path, [real])),
    ...Object.entries(tools).flatMap(([name, text]) => record('tool', name, text.split('\n'))),
    'end',
    '',
  ].join('\n');
}
