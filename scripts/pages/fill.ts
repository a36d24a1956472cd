// Between `<!-- generated: NAME -->` and `<!-- end -->` a page holds what comes from the code; the prose around it is written
// by hand.

/** The page with each block as `blockFor` has it. */
export function filled(page: string, blockFor: (name: string) => string): string {
  return page.replace(
    /<!-- generated: (.+) -->\n[^]*?<!-- end -->/g,
    (_, name: string) => `${opening(name)}\n\n${blockFor(name)}\n\n<!-- end -->`,
  );
}

export function opening(name: string): string {
  return `<!-- generated: ${name} -->`;
}
