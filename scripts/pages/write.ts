// Writes into the pages what comes from the code. `npm run pages`; test/unit/docs.test.ts says when that is due.

import { readFileSync, writeFileSync } from 'node:fs';
import { fillKnobsPage } from './knobs-page.ts';
import { fillProfilePage } from './profile-page.ts';
import { fillWords } from './words-page.ts';

const pages = {
  'profiles/README.md': fillProfilePage,
  'agent/docs/knobs.md': fillKnobsPage,
  'agent/docs/report.md': fillWords,
  'agent/README.md': fillWords,
};
for (const [page, fill] of Object.entries(pages)) writeFileSync(page, fill(readFileSync(page, 'utf8')));
