// Writes into the pages what comes from the code. `npm run pages`; test/unit/docs.test.ts says when that is due.

import { readFileSync, writeFileSync } from 'node:fs';
import { fillProfilePage } from './profile-page.ts';

const page = 'profiles/README.md';
writeFileSync(page, fillProfilePage(readFileSync(page, 'utf8')));
