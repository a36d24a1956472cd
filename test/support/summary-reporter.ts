// A vitest reporter for scripts/test: appends `passed failed skipped` of one run to the file that LAYERLIFT_SUMMARY
// names. Under CI=true a test that did not run counts as failed: nobody is there to notice that it was left out.

import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

// vitest loads a reporter by its default export.
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const { passed, failed, skipped } = countsOf(modules, unhandled.length);
    const strict = process.env['CI'] === 'true';
    if (strict)
      for (const name of skippedIn(modules)) process.stderr.write(`skipped, which CI does not allow: ${name}\n`);
    const line = strict ? [passed, failed + skipped, 0] : [passed, failed, skipped];
    const file = process.env['LAYERLIFT_SUMMARY'];
    if (file) appendFileSync(file, `${line.join(' ')}\n`);
  }
}

/** A file, a group or a run that breaks outside of its tests counts as one failed test each. */
function countsOf(modules: readonly TestModule[], unhandled: number): Counts {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const groups: readonly (TestModule | TestSuite)[] = modules.flatMap((module) => [
    module,
    ...module.children.allSuites(),
  ]);
  const broken = groups.filter((group) => group.errors().length > 0).length;
  const passed = tests.filter((test) => test.result().state === 'passed').length;
  const skipped = tests.filter(isSkipped).length;
  return { passed, skipped, failed: tests.length - passed - skipped + broken + unhandled };
}

function skippedIn(modules: readonly TestModule[]): readonly string[] {
  return modules.flatMap((module) =>
    [...module.children.allTests()]
      .filter(isSkipped)
      .map((test) => `${module.relativeModuleId}: ${test.fullName}${noteOf(test)}`),
  );
}

function isSkipped(test: TestCase): boolean {
  return test.result().state === 'skipped';
}

function noteOf(test: TestCase): string {
  const result = test.result();
  return result.state === 'skipped' && result.note ? ` (${result.note})` : '';
}
