// Arguments as a POSIX shell takes them, for lines that a person may copy.

/** A command line: each argument quoted where a shell would not take it as it stands. */
export function words(argv: readonly string[]): string {
  return argv.map(word).join(' ');
}

/** One argument, quoted only where it must be. */
export function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : quote(text);
}

/** One argument in single quotes. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
