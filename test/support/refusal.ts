// A run that must be refused: what it is given, what it says, and that it leaves the host as it was.

import { expect } from 'vitest';
import type { LabResult } from './lab.ts';

export interface Refusal {
  readonly name: string;
  /** Shell lines before the run. */
  readonly before?: string;
  /** The profile's text. */
  readonly profile: string;
  readonly run?: string;
  /** Shell lines while the run goes on in the background; `$agent` is its process. */
  readonly meanwhile?: string;
  readonly after?: string;
  readonly status: number;
  readonly says: readonly (string | RegExp)[];
}

/** Shell lines for a script of the lab; what they leave is read by `expectRefused`. */
export function scriptOf({ name, before = '', profile, run, meanwhile, after = '' }: Refusal): string {
  const command = `${run ?? 'node agent/dist/main.js run'} "$dir/profile.yaml" --runs "$dir/runs" -q >"$dir/out" 2>"$dir/err"`;
  return `
echo "case ${name}" >/dev/kmsg
dir=/tmp/case-${name}; mkdir -p "$dir"; chmod 777 "$dir"
cat >"$dir/profile.yaml" <<'END'
${profile}END
{ ${before || ':'}; } >"$dir/before.log" 2>&1
inventory before
${meanwhile ? `${command} & agent=$!\n${meanwhile}\nwait $agent; echo $? >"$dir/rc"` : `${command}; echo $? >"$dir/rc"`}
inventory after
diff "$LAB_OUT/before" "$LAB_OUT/after" >"$dir/diff"
{ ${after || ':'}; } >"$dir/after.log" 2>&1
mkdir -p "$LAB_OUT/${name}"; cp "$dir"/{rc,err,out,diff,before.log} "$LAB_OUT/${name}/"`;
}

export function expectRefused(lab: LabResult, { name, status, says }: Refusal): void {
  const error = lab.file(`${name}/err`);
  expect(lab.file(`${name}/rc`).trim(), error).toBe(`${status}`);
  for (const words of says) expect(error).toMatch(words);
  expect(error).not.toMatch(/internal error|^\s+at /m);
  expect(lab.file(`${name}/out`)).toBe('');
  expect(lab.file(`${name}/diff`)).toBe('');
}
