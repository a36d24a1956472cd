// A value that a run leaves as somebody else has set it, in words: for the report, and for stderr while the host is restored.

export interface LeftValue {
  readonly path: string;
  readonly made: string;
  readonly found: string;
}

/** A sentence without its full stop. */
export function leftToOthersWords({ path, made, found }: LeftValue): string {
  return `${path} is "${found}" by now, and this run had made it "${made}": somebody else has set it, and it was left so`;
}
