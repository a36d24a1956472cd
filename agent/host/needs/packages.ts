// Which package brings a program. Packages are named as in Debian, where a program may move from one to another with a release.

import type { Kernel } from '../port.ts';

/** Of all releases, or another up to one. */
export type DebianPackage =
  string | { readonly name: string; readonly upTo: { readonly release: number; readonly name: string } };

/** What to install on this host, as a hint; os-release(5) says which it is. */
export async function installHint(
  { name, debianPackage }: { readonly name: string; readonly debianPackage: DebianPackage },
  { read }: Pick<Kernel, 'read'>,
): Promise<string> {
  const of = parseOsRelease((await read('/etc/os-release')) ?? (await read('/usr/lib/os-release')) ?? 'ID=debian\n');
  const isDebian = of['ID'] === 'debian';
  const isLikeIt = (of['ID_LIKE'] ?? '').split(' ').includes('debian');
  if (isDebian || (isLikeIt && typeof debianPackage === 'string'))
    return `apt-get install ${packageIn(debianPackage, isDebian ? of['VERSION_ID'] : undefined)}`;
  const names =
    typeof debianPackage === 'string'
      ? debianPackage
      : `${debianPackage.name}, and up to Debian ${debianPackage.upTo.release} in ${debianPackage.upTo.name}`;
  return `install the package that brings ${name}; Debian has it in ${names}`;
}

/** Testing and unstable have no number, and are newer than any. */
function packageIn(debianPackage: DebianPackage, release: string | undefined): string {
  if (typeof debianPackage === 'string') return debianPackage;
  const { name, upTo } = debianPackage;
  return release !== undefined && Number(release) <= upTo.release ? upTo.name : name;
}

export function parseOsRelease(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const [, key = '', value = ''] = /^([A-Z_]+)=(.*)$/.exec(line.trim()) ?? [];
      return key === '' ? [] : [[key, value.replace(/^(["'])(.*)\1$/, '$2')] as const];
    }),
  );
}
