// The command line. Each command's code is loaded only when it is called, so that `--help` answers at once.

import yargs, { type Argv } from 'yargs';
import { LayerliftError, UsageError } from '../lib/errors.ts';
import { type ExitName, exitCodes } from '../lib/exit-codes.ts';
import { type Calls, type Commands, commandsHere, formatOption, print, profileArgument } from './calls.ts';
import { offered } from './completion.ts';
import { addDiscover } from './discover-command.ts';
import { withExamples } from './examples.ts';
import { addFolderCommands } from './folder-commands.ts';
import { statusFormats } from '../report/formats/format-names.ts';
import { labelOption, prepareOptions, runsOption } from './options.ts';
import { isUnknownWord, withNearestChoice, withNearestOption } from './unknown-words.ts';
import { commandLine, durationMs, exitTable } from './values.ts';
import { toolVersion } from './version.ts';
import { jsonText } from '../lib/json-text.ts';

/** Throws UsageError for a wrong command line, and whatever the command throws. */
export async function parseCommand(argv: readonly string[], commands: Commands = commandsHere): Promise<ExitName> {
  let exit: ExitName = 'ok';
  const done = (name: ExitName): void => {
    exit = name;
  };
  const calls = { done, commands };
  try {
    await parserOf(calls).parseAsync([...argv]);
    return exit;
  } catch (failure) {
    if (!(failure instanceof UsageError) || !isUnknownWord(failure.problems[0]?.message ?? '')) throw failure;
    const [{ message, hint } = { message: '', hint: undefined }] = failure.problems;
    throw new UsageError(withNearestOption(message, await helpOf(argv[0] ?? '', calls)), hint);
  }
}

/** Adds ours to what yargs offers by itself: commands, options, and their values. */
function complete(
  current: string,
  { _: words }: { readonly _?: readonly (string | number)[] },
  byItself: (onDone: (failure: Error | null, offers: string[] | undefined) => void) => unknown,
  done: (offers: string[]) => unknown,
): void {
  // The first word is that of the program.
  const ours = offered((words ?? []).slice(1).map(String), current);
  byItself((_failure, offers) => done(ours.length > 0 ? [...ours] : (offers ?? [])));
}

async function helpOf(command: string, calls: Calls): Promise<string> {
  let help = '';
  await parserOf(calls).parseAsync([command, '--help'], {}, (_failure, _given, printed) => {
    help = printed;
  });
  return help;
}

function parserOf(calls: Calls): Argv {
  const parser = yargs()
    .scriptName('layerlift')
    .version(toolVersion)
    .usage('$0 COMMAND\n\nNames the layer that holds a storage host back, by replacing each in turn with a stub.')
    .locale('en')
    .exitProcess(false)
    .strict()
    .demandCommand(1, 'no command given')
    .recommendCommands()
    .wrap(process.stdout.isTTY ? Math.min(100, process.stdout.columns) : null)
    .epilogue(exitTable())
    .completion('completion-script', false, complete)
    .check((given) => {
      const twice = Object.keys(given).find((name) => !severalAllowed.includes(name) && Array.isArray(given[name]));
      if (twice !== undefined) throw new UsageError(`--${twice} is given more than once`);
      return true;
    })
    .fail((message, failure: unknown) => {
      // What a command throws passes; everything else is about the command line, in yargs' own words or ours.
      if (failure instanceof LayerliftError) throw failure;
      if (failure instanceof Error && failure.name !== 'YError') throw failure;
      const text = message
        .split(/\s*\n\s*/)
        .filter(Boolean)
        .join(' ');
      throw new UsageError(
        withNearestChoice(text),
        '`layerlift --help` lists commands and options, `layerlift COMMAND --help` those of one',
      );
    });
  addRun(parser, calls);
  addPlan(parser, calls);
  addFolderCommands(parser, calls);
  addDiscover(parser, calls);
  addOthers(parser, calls);
  // What yargs would make a command of prints its script for `--help` too.
  parser.command(
    'completion',
    'print what makes bash, or zsh if $SHELL is one, complete commands',
    (y) => withExamples(y, 'completion'),
    () => void parser.showCompletionScript(),
  );
  return parser;
}

/** Arguments of which a command takes many. */
const severalAllowed = ['_', 'things'];

/** What `--preset` stands for, milliseconds. */
const presetBudgetMs = { incident: 300_000 } as const;

function budgetOf(budget: number | undefined, preset: keyof typeof presetBudgetMs | undefined): number | undefined {
  return budget ?? (preset && presetBudgetMs[preset]);
}

function addRun(parser: Argv, { done, commands }: Calls): void {
  parser.command(
    'run <profile>',
    'measure, and say which layer holds the host back (root)',
    (y) =>
      withExamples(y, 'run')
        .positional('profile', profileArgument)
        .options({
          ...prepareOptions,
          runs: runsOption,
          label: labelOption,
          deadline: {
            describe: 'stop and restore the host after this time, such as 10m',
            type: 'string',
            coerce: durationMs('--deadline'),
          },
          'stop-if': {
            describe: 'a command asked every second: it stops the run unless it ends with 1',
            type: 'string',
            coerce: commandLine('--stop-if'),
          },
          format: formatOption,
          'without-watchdog': {
            describe: 'run where the watchdog cannot outlive the unit or container of this run',
            type: 'boolean',
            default: false,
          },
          quiet: { describe: 'no progress', type: 'boolean', default: false, alias: 'q' },
          verbose: { describe: 'log every change to the host on stderr', type: 'boolean', default: false, alias: 'v' },
        }),
    async ({ deadline, budget, preset, maxImpact, label: labels, ...rest }) => {
      const { run } = await commands.run();
      done(
        await run({
          ...rest,
          labels,
          impact: maxImpact,
          deadlineMs: deadline,
          budgetMs: budgetOf(budget, preset),
          print,
        }),
      );
    },
  );
}

function addPlan(parser: Argv, { done, commands }: Calls): void {
  parser.command(
    'plan <profile>',
    'show arms, schedule, time and every change to the host with its undo; touches nothing',
    (y) =>
      withExamples(y, 'plan')
        .positional('profile', profileArgument)
        .options({
          ...prepareOptions,
          format: { describe: 'how it is printed', choices: ['text', 'json'] as const, default: 'text' },
        }),
    async ({ budget, preset, maxImpact, ...rest }) => {
      const { plan } = await commands.plan();
      done(await plan({ ...rest, impact: maxImpact, budgetMs: budgetOf(budget, preset), print }));
    },
  );
}

function addOthers(parser: Argv, { done, commands }: Calls): void {
  parser
    .command(
      'doctor [profile]',
      'say what this host offers and lacks',
      (y) => withExamples(y, 'doctor').positional('profile', { describe: 'check for this profile', type: 'string' }),
      async ({ profile }) => done(await (await commands.doctor()).doctor({ profile, print })),
    )
    .command(
      'knobs',
      'list the settings of this host that may cap the I/Os in flight',
      (y) =>
        withExamples(y, 'knobs').options({
          layer: {
            describe: 'only those of one layer',
            choices: ['load', 'ring', 'blockstack', 'network', 'media'] as const,
          },
          format: { describe: 'how it is printed', choices: ['text', 'json'] as const, default: 'text' as const },
        }),
      async ({ layer, format }) => done(await (await commands.knobs()).knobs({ layer, format, print })),
    )
    .command(
      'observe',
      'say which rings of a Xen host look capped as they are used now; touches nothing (root)',
      (y) =>
        withExamples(y, 'observe').options({
          for: {
            describe: 'how long to look, 1s to 60s',
            type: 'string',
            default: '10s',
            coerce: durationMs('--for', { min: 1_000, max: 60_000 }),
          },
          format: { describe: 'how it is printed', choices: ['text', 'json'] as const, default: 'text' as const },
        }),
      async ({ for: time, format }) => {
        const { observe } = await commands.observe();
        done(await observe({ forMs: time ?? 0, format, print }));
      },
    )
    .command(
      'recover',
      'undo what an interrupted run left behind (root)',
      (y) =>
        withExamples(y, 'recover').option('verbose', {
          describe: 'show every undo on stderr',
          type: 'boolean',
          default: false,
          alias: 'v',
        }),
      async ({ verbose }) => done(await (await commands.recover()).recover({ verbose, print })),
    )
    .command(
      'status',
      'say who holds this host, what is left on it, and what was last found; runs nothing (root)',
      (y) =>
        withExamples(y, 'status').options({
          runs: runsOption,
          'max-age': {
            describe: 'nagios: a verdict that is older is UNKNOWN',
            type: 'string',
            default: '168h',
            coerce: durationMs('--max-age'),
          },
          format: { describe: 'how it is printed', choices: statusFormats, default: 'text' as const },
        }),
      async ({ runs, maxAge, format }) =>
        done(await (await commands.status()).status({ runs, maxAgeMs: maxAge ?? 0, format, print })),
    )
    .command(
      'explain [term]',
      'say what a word of a report means: a verdict, an arm, a role, a caveat',
      (y) => withExamples(y, 'explain').positional('term', { describe: 'left out: all words', type: 'string' }),
      async ({ term }) => done((await commands.explain()).explain({ term, print })),
    )
    .command(
      'selftest',
      'plant known bottlenecks on this host, and check the verdicts and the way back (root)',
      (y) => withExamples(y, 'selftest'),
      async () => done(await (await commands.selftest()).selftest({ print })),
    )
    // Hidden: it is called by a run alone.
    .command(
      'watchdog <run>',
      false,
      (y) => y.positional('run', { type: 'string', demandOption: true }),
      async ({ run }) => done(await (await commands.watchdog()).watchdog({ run })),
    )
    .command(
      'exit-codes',
      'list the exit codes',
      (y) => withExamples(y, 'exit-codes').option('json', { describe: 'as JSON', type: 'boolean', default: false }),
      ({ json }) => {
        const rows = Object.entries(exitCodes).map(([name, [code, meaning]]) => ({ code, name, meaning }));
        print(json ? jsonText(rows) : `${exitTable()}\n`);
      },
    );
}
