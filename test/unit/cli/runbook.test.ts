// The runbook as somebody tired reads it: each line can be typed as it stands, and each incident has its answers.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../agent/cli/command-line.ts';
import { findCommand } from '../../../agent/cli/registry.ts';
import { exitCodes } from '../../../agent/lib/exit-codes.ts';
import { blocksIn, rowsOf, words } from '../../support/pages.ts';

const docs = new URL('../../../agent/docs/', import.meta.url).pathname;
const index = readFileSync(`${docs}runbook.md`, 'utf8');
const incidents = readdirSync(`${docs}runbook`).map(
  (name) => [name, readFileSync(`${docs}runbook/${name}`, 'utf8')] as const,
);
const everything = [index, ...incidents.map(([, page]) => page)].join('\n');
const realCodes = Object.entries(exitCodes).map(([name, [code]]) => [code, name] as const);

const isCall = (line: string): boolean => line.startsWith('layerlift ');
const linesIn = (page: string): readonly string[] => blocksIn(page, 'sh').flatMap((block) => block.trim().split('\n'));
/** Lines to type, and calls in the prose that have more than a name. */
const callsIn = (page: string): readonly string[] => [...new Set([...linesIn(page), ...words(page)].filter(isCall))];

/** As a shell parts them, without where the output goes; the pages have no quotes but single ones around double ones. */
const argvOf = (line: string): readonly string[] =>
  [...line.replace(/ >\S+$/, '').matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '').slice(1);

const sectionOf = (page: string, heading: string): string =>
  (page.split(`\n## ${heading}\n`)[1] ?? '').split(/^## /m)[0] ?? '';
/** Its code with the name of it, and the command before it if the table has one. */
const codesIn = (text: string): readonly { after: string | undefined; code: number; name: string | undefined }[] =>
  rowsOf(text).flatMap((cells) => {
    const at = cells.findIndex((cell) => /^\d+$/.test(cell));
    return at < 0 ? [] : [{ after: words(cells[at - 1])[0], code: Number(cells[at]), name: words(cells[at + 1])[0] }];
  });

describe('the runbook', () => {
  it('has a page for each incident, and names no other', () => {
    const named = rowsOf(index.split('\n## ')[0] ?? '').map(
      (cells) => /\(runbook\/([^)]+)\)/.exec(cells[1] ?? '')?.[1],
    );
    expect([...named].sort()).toEqual(incidents.map(([name]) => name).sort());
    expect(named.length).toBeGreaterThan(5);
  });

  it.each(callsIn(everything))('can be typed: %s', async (line) => {
    const argv = argvOf(line);
    const asked: string[] = [];
    if (argv.length === 1 && rowsOf(everything).some((cells) => cells.includes(`\`${line}\``)))
      // In a table a command stands for its lines.
      expect(findCommand(argv[0])?.name).toBe(argv[0]);
    else {
      await parseCommand(argv, (name) => {
        asked.push(name);
        return Promise.resolve('ok');
      });
      expect(asked).toEqual([argv[0]]);
    }
  });

  it('knows every exit code by its name, and says of each what to do', () => {
    const told = codesIn(everything);
    for (const { code, name } of told) expect(realCodes).toContainEqual([code, name]);
    const missing = realCodes.filter(([code]) => !told.some((row) => row.code === code));
    // A case is no incident.
    expect(missing).toEqual([[22, 'case-wrong']]);
    const empty = rowsOf(everything).filter((cells) => cells.some((cell) => cell === '' || cell === '-'));
    expect(empty).toEqual([]);
  });

  it('names files of a package that are there', () => {
    const named = [...everything.matchAll(/\/usr\/lib\/layerlift\/ops\/([\w./-]*\w)/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(2);
    for (const name of named) expect(existsSync(`${docs}../../scripts/ops/${name}`), name).toBe(true);
  });

  describe.each(incidents)('%s', (_name, page) => {
    it('says what to call, what it costs, what a code means and what to paste, in this order', () => {
      const headings = [...page.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
      expect(headings).toEqual(['Call', 'What it costs', 'What an exit code means', 'Into the ticket']);
      expect(sectionOf(page, 'Into the ticket')).toMatch(/^- /m);
    });

    it('says of each command that is to be typed what it costs, and of none else', () => {
      const typed = new Set(
        linesIn(page)
          .filter(isCall)
          .map((line) => line.split(' ')[1]),
      );
      const priced = rowsOf(sectionOf(page, 'What it costs')).map((cells) => words(cells[0])[0]?.split(' ')[1]);
      expect([...priced].sort()).toEqual([...typed].sort());
    });

    it('tells codes of commands that it has called, each code once', () => {
      const typed = linesIn(page)
        .filter(isCall)
        .map((line) => line.split(' ').slice(0, 2).join(' '));
      const told = codesIn(sectionOf(page, 'What an exit code means'));
      expect(told.length).toBeGreaterThan(1);
      for (const { after } of told) expect(typed).toContain(after);
      const pairs = told.map(({ after, code }) => `${after ?? ''} ${code}`);
      expect(new Set(pairs).size).toBe(pairs.length);
    });
  });

  /** As the kernel writes it (drivers/md/md.c, md_seq_show and status_resync). */
  it.each([
    ['a leg is missing, and nothing takes its place', '      1046528 blocks super 1.2 [2/1] [U_]\n', 1],
    [
      'a spare is filled',
      '      1046528 blocks super 1.2 [2/1] [U_]\n      [==>..]  recovery = 12.6% (132/1046528)\n',
      0,
    ],
    ['its legs are made alike', '      1046528 blocks [2/2] [UU]\n      [==>..]  resync = 12.6% (132/1046528)\n', 0],
    ['that waits for another array', '      1046528 blocks [2/2] [UU]\n        resync=DELAYED\n', 0],
  ])('asks the kernel whether an array is rebuilt: %s', (_what, lines, status) => {
    const line = callsIn(everything).find((call) => call.includes('--stop-if')) ?? '';
    const argv = argvOf(line);
    const command = argv[argv.indexOf('--stop-if') + 1] ?? '';
    const folder = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
    try {
      const file = join(folder, 'mdstat');
      writeFileSync(
        file,
        `Personalities : [raid1]\nmd0 : active raid1 sdb[1] sda[0]\n${lines}\nunused devices: <none>\n`,
      );
      expect(command).toContain('/proc/mdstat');
      expect(spawnSync('sh', ['-c', command.replace('/proc/mdstat', file)]).status).toBe(status);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
