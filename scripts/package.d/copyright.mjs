// Prints the licences of all that is in a package: layerlift's own, those of the npm packages in the bundle, that of Node.js.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The Node.js that is put in; left out: none. */
const [node] = process.argv.slice(2).filter(Boolean);
const list = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { encoding: 'utf8' });
const folders = [...new Set(list.trim().split('\n').slice(1))].filter((folder) =>
  existsSync(join(folder, 'package.json')),
);
const packages = folders
  .map((folder) => ({ folder, ...JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
  .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));

const parts = [
  'layerlift is under the MIT licence (see /usr/share/common-licenses where Debian has it, or below).\n\nWhat it is made of:',
  ...packages.map(
    ({ folder, name, version, license }) => `${'-'.repeat(78)}\n${name} ${version}: ${license}\n\n${textIn(folder)}`,
  ),
  ...(node ? [`${'-'.repeat(78)}\n${aboutNode(node)}`] : []),
];
process.stdout.write(`${parts.join('\n\n')}\n`);

function textIn(folder) {
  const name = readdirSync(folder).find((file) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(basename(file)));
  const text = name ? readFileSync(join(folder, name), 'utf8').trim() : '(its package has no text of the licence)';
  // Its section 4 (d): a notice goes wherever the work goes.
  const notice = existsSync(join(folder, 'NOTICE')) ? `${readFileSync(join(folder, 'NOTICE'), 'utf8').trim()}\n\n` : '';
  return /Apache License\s+Version 2\.0/.test(text)
    ? notice +
        'The text of the Apache licence 2.0 is in /usr/share/common-licenses/Apache-2.0, or at https://www.apache.org/licenses/LICENSE-2.0.'
    : text;
}

function aboutNode(file) {
  const version = execFileSync(file, ['--version'], { encoding: 'utf8' }).trim();
  const sum = createHash('sha256').update(readFileSync(file)).digest('hex');
  return [
    `Node.js ${version}: MIT, and the licences of its parts (V8, libuv, OpenSSL, zlib, ICU and more), which stand in`,
    `https://github.com/nodejs/node/blob/${version}/LICENSE`,
    `Its program is stripped of symbols and else as upstream has built it; its SHA-256 here is ${sum}.`,
  ].join('\n');
}
