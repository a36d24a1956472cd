// The order of test files: the longest first, so that the last worker does not end long after the others.

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes though they are short, the longest first. In a fresh clone nobody has measured them yet. */
const longest = [
  'deaths.test.ts',
  'crash-matrix.test.ts',
  'recover.test.ts',
  'providers.test.ts',
  'device-guard.test.ts',
];

const place = ({ moduleId }: TestSpecification): number => {
  const at = longest.findIndex((name) => moduleId.endsWith(`/${name}`));
  return at < 0 ? longest.length : at;
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
