// A vitest reporter for scripts/test: appends `passed failed skipped` of one run to the file that LAYERLIFT_SUMMARY
// names, and a line for each failure to the file that LAYERLIFT_FAILURES names: a log is read from its end. Under CI=true a test
// that did not run counts as failed: nobody is there to notice that it was left out.

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
    const left = strict ? skippedIn(modules).map((name) => `skipped, which CI does not allow: ${name}`) : [];
    for (const name of left) process.stderr.write(`${name}\n`);
    const line = strict ? [passed, failed + skipped, 0] : [passed, failed, skipped];
    append('LAYERLIFT_SUMMARY', [line.join(' ')]);
    append('LAYERLIFT_FAILURES', [...failuresOf(modules, unhandled), ...left]);
  }
}

function append(variable: string, lines: readonly string[]): void {
  const file = process.env[variable];
  if (file) appendFileSync(file, lines.map((line) => `${line}\n`).join(''));
}

/** A line for each failure: where it is, and the first line of its first error. */
function failuresOf(modules: readonly TestModule[], unhandled: readonly unknown[]): readonly string[] {
  const tests = modules.flatMap((module) =>
    [...module.children.allTests('failed')].map(
      (test) => `${module.relativeModuleId} > ${test.fullName}: ${firstOf(test.result().errors)}`,
    ),
  );
  const broken = groupsOf(modules)
    .filter((group) => group.errors().length > 0)
    .map((group) => `${group.type === 'module' ? group.relativeModuleId : group.fullName}: ${firstOf(group.errors())}`);
  return [...tests, ...broken, ...unhandled.map((error) => `outside of the tests: ${messageOf(error)}`)];
}

function firstOf(errors: readonly unknown[] | undefined): string {
  return errors?.[0] === undefined ? 'no error was kept' : messageOf(errors[0]);
}

function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return String(message).split('\n', 1)[0] ?? '';
}

function groupsOf(modules: readonly TestModule[]): readonly (TestModule | TestSuite)[] {
  return modules.flatMap((module) => [module, ...module.children.allSuites()]);
}

/** A file, a group or a run that breaks outside of its tests counts as one failed test each. */
function countsOf(modules: readonly TestModule[], unhandled: number): Counts {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const broken = groupsOf(modules).filter((group) => group.errors().length > 0).length;
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
