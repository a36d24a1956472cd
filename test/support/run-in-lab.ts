// A whole run in the lab, with its JSON report decoded and the host compared before and after.

import { expect } from 'vitest';
import { reportSchema, type ReportDocument } from '../../agent/report/document/document.ts';
import { inLab, kernelFaults, type LabOptions } from './lab.ts';

export interface LabRun {
  readonly status: number;
  readonly report: ReportDocument;
  readonly stderr: string;
  /** What the lines of `after` printed. */
  readonly afterwards: string;
}

/** Runs a profile to its verdict; caps are looked for only where asked. Fails the test when the host is not as found, or the kernel complained. */
export async function runInLab(
  profile: string,
  options: LabOptions & { args?: string; caps?: boolean; before?: string; after?: string } = {},
): Promise<LabRun> {
  const lab = await inLab(
    `
${options.before ?? ''}
inventory before
layerlift run ${profile} --format json --runs "$LAB_OUT/runs" ${options.caps ? '' : '--no-caps'} ${options.args ?? ''} >"$LAB_OUT/report.json"
status=$?
inventory after
diff "$LAB_OUT/before" "$LAB_OUT/after" >"$LAB_OUT/diff"
{ ${options.after ?? ':'}; } >"$LAB_OUT/after.log" 2>&1
exit $status`,
    options,
  );
  expect(lab.file('diff'), 'the host is not as found').toBe('');
  expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  const text = lab.file('report.json');
  expect(text, lab.stderr).not.toBe('');
  const report = reportSchema.parse(JSON.parse(text));
  const afterwards = lab.file('after.log');
  lab.dispose();
  return { status: lab.status, report, stderr: lab.stderr, afterwards };
}
