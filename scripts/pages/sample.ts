// The sample in the README is the report of a run that was recorded: test/fixtures/recorded/demo.

import { readRunFolder } from '../../agent/records/read-folder.ts';
import { documentOf } from '../../agent/report/document/of-run.ts';
import { findingsOf } from '../../agent/findings/findings.ts';
import { render } from '../../agent/report/formats/registry.ts';
import { filled } from './fill.ts';

const folder = 'test/fixtures/recorded/demo';
const lastTable = 'Settings that match a cap';

/** @throws Error for a block that nothing here makes */
export function fillSample(page: string): string {
  return filled(page, (name) => {
    if (name !== 'sample') throw new Error(`cannot fill the block "${name}": expected sample`);
    return `The beginning of the report of the demo, recorded under emulation on two CPUs (\`layerlift report ${folder}\`):\n\n\`\`\`text\n${sample()}\n\`\`\``;
  });
}

/** Its parts are separated by empty lines. */
function sample(): string {
  const records = readRunFolder(folder);
  const parts = render('text', documentOf(records, findingsOf(records), folder)).split('\n\n');
  return parts.slice(0, parts.findIndex((part) => part.startsWith(lastTable)) + 1).join('\n\n');
}
