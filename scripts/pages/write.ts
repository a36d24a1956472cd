// Writes into the pages what comes from the code, and the schemas of what is printed as JSON. `npm run pages`;
// test/unit/docs.test.ts says when that is due.

import { readFileSync, writeFileSync } from 'node:fs';
import { jsonText } from '../../agent/lib/json-text.ts';
import { fillSample } from './sample.ts';
import { schemas } from './schemas.ts';
import { fillKnobsPage } from './knobs-page.ts';
import { fillProfilePage } from './profile-page.ts';
import { fillWords } from './words-page.ts';

const pages = {
  'README.md': fillSample,
  'profiles/README.md': fillProfilePage,
  'agent/docs/knobs.md': fillKnobsPage,
  'agent/docs/report.md': fillWords,
  'agent/README.md': fillWords,
};
for (const [page, fill] of Object.entries(pages)) writeFileSync(page, fill(readFileSync(page, 'utf8')));
for (const [name, schema] of Object.entries(schemas))
  writeFileSync(`agent/docs/schemas/${name}.json`, jsonText(schema()));
