// Many runs in one boot of the lab, each with its surroundings and what must come of it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inLab, type LabOptions, type LabResult } from './lab.ts';

export interface LabCase {
  readonly name: string;
  /** Shell lines before the run; `$dir` is the case's own folder. */
  readonly before?: string;
  /** The profile's text. */
  readonly profile: string;
  readonly run?: string;
  /** More arguments of the run. */
  readonly args?: string;
  /** Shell lines while the run goes on in the background; `$agent` is its process. */
  readonly meanwhile?: string;
  /** Shell lines afterwards. */
  readonly after?: string;
  /** `completed`: with a verdict or without. */
  readonly status: number | 'completed';
  readonly says: readonly (string | RegExp)[];
  /** What the shell lines of `meanwhile` and `after` print. */
  readonly prints?: string;
}

/** Waits, in `meanwhile`, until the guests do I/O. */
export const untilMeasuring = 'await 60 filled "$dir/runs/*/slices.ndjson"';

/** Tests that each case ends with its status and its words, and leaves the host as found. */
export function labCases(title: string, cases: readonly LabCase[], options: LabOptions): void {
  describe(title, () => {
    let lab: LabResult;
    beforeAll(async () => {
      lab = await inLab(scriptsOf(cases), options);
    });
    afterAll(() => lab.dispose());

    test.each(cases)('$name: exit $status, a clear word, an untouched host', (one) => expectCase(lab, one));
  });
}

export function expectCase(lab: LabResult, { name, status, says, prints = '' }: LabCase): void {
  const error = lab.file(`${name}/err`);
  const expected = status === 'completed' ? ['0', '20'] : [`${status}`];
  expect(expected, error).toContain(lab.file(`${name}/rc`).trim());
  for (const words of says) expect(error).toMatch(words);
  expect(error).not.toMatch(/internal error|^\s+at /m);
  // What is refused has no report; what began has one, of what it knew.
  const out = lab.file(`${name}/out`);
  if (status !== 'completed' && out !== '') expect(out).toMatch(/^ {2}- CUT SHORT /m);
  expect(lab.file(`${name}/diff`)).toBe('');
  expect(lab.file(`${name}/prints`).trim()).toBe(prints);
}

/** Shell lines of the cases, one after the other; what they leave is read by `expectCase`. */
export const scriptsOf = (cases: readonly LabCase[]): string =>
  cases.map((one, i) => scriptOf(one, cases[i - 1])).join('\n');

function scriptOf({ name, before, profile, run, args = '', meanwhile, after = ':' }: LabCase, last?: LabCase): string {
  // Between the two nothing happens: an inventory takes a second under emulation.
  const asLeft = last !== undefined && last.after === undefined && before === undefined;
  const command = `${run ?? 'node agent/dist/main.js run'} "$dir/profile.yaml" ${args} --runs "$dir/runs" -q >"$dir/out" 2>"$dir/err"`;
  return `
echo "case ${name}" >/dev/kmsg
dir=/tmp/case-${name}; mkdir -p "$dir"; chmod 777 "$dir"
cat >"$dir/profile.yaml" <<'END'
${profile}END
{ ${before ?? ':'}
} >"$dir/before.log" 2>&1
${asLeft ? 'mv "$LAB_OUT"/{after,before}' : 'inventory before'}
${meanwhile === undefined ? command : `${command} & agent=$!\n{ ${meanwhile}\n} >"$dir/prints" 2>"$dir/meanwhile.log"\nwait $agent`}; echo $? >"$dir/rc"
inventory after
diff "$LAB_OUT/before" "$LAB_OUT/after" >"$dir/diff"
{ ${after}
} >>"$dir/prints" 2>"$dir/after.log"
mkdir -p "$LAB_OUT/${name}"; cp "$dir"/{rc,err,out,diff,prints,*.log} "$LAB_OUT/${name}/"`;
}
