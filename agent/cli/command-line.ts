// From arguments to a command of the registry and its exit code. yargs reads the words; every refusal is a UsageError.

import yargs, { type Argv } from 'yargs';
import { LayerliftError, UsageError } from '../lib/errors.ts';
import type { ExitName } from '../lib/exit-codes.ts';
import type { Around, Caller } from './command.ts';
import { offered } from './completion.ts';
import { commands, findCommand } from './registry.ts';
import { isUnknownWord, withLonelyOptions, withNearestChoice, withNearestOption } from './unknown-words.ts';
import { exitTable } from './values.ts';
import { toolVersion } from './version.ts';

/** Throws UsageError for a wrong command line, and whatever the command throws. */
export async function parseCommand(
  argv: readonly string[],
  caller: Caller = async (_name, _asked, code) => code(),
): Promise<ExitName> {
  let exit: ExitName = 'ok';
  const done = (name: ExitName): void => {
    exit = name;
  };
  try {
    const ours = await offersFor(argv);
    await parserOf({ caller, done }, ours).parseAsync([...argv]);
    return exit;
  } catch (failure) {
    if (!(failure instanceof UsageError) || !isUnknownWord(failure.problems[0]?.message ?? '')) throw failure;
    const [{ message, hint } = { message: '', hint: undefined }] = failure.problems;
    const options = [...(findCommand(argv[0])?.options ?? []), 'help', 'version'];
    throw new UsageError(withNearestOption(message, options), hint);
  }
}

/** Our offers to a shell that completes a line; yargs cannot wait for them. */
async function offersFor(argv: readonly string[]): Promise<readonly string[]> {
  const [key, , ...words] = argv;
  if (key !== '--get-yargs-completions') return [];
  const given = words.slice(0, -1).filter((word) => !word.startsWith('-'));
  return offered(given, words.at(-1) ?? '');
}

/** Completion by yargs alone. */
type ByItself = (onDone: (failure: Error | null, offers: string[] | undefined) => void) => unknown;

/** `ours`: what a shell is offered before what yargs offers by itself: commands, options, and their values. */
function parserOf({ caller, done }: Pick<Around, 'caller' | 'done'>, ours: readonly string[]): Argv {
  const complete = (_current: string, _given: unknown, byItself: ByItself, done: (offers: string[]) => unknown): void =>
    void byItself((_failure, offers) => done(ours.length > 0 ? [...ours] : (offers ?? [])));
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
      const names = findCommand(String(given._[0]))?.several ?? [];
      // yargs gives an option of two words under a second name as well.
      const several = ['_', ...names, ...names.map((name) => name.replace(/-(.)/g, (_, c: string) => c.toUpperCase()))];
      const twice = Object.keys(given).find((name) => !several.includes(name) && Array.isArray(given[name]));
      if (twice !== undefined) throw new UsageError(`--${twice} is given more than once`);
      return true;
    })
    .fail((message, failure: unknown) => {
      // An error of a command passes; everything else is about the command line, in yargs' own words or ours.
      if (failure instanceof LayerliftError) throw failure;
      if (failure instanceof Error && failure.name !== 'YError') throw failure;
      const text = message
        .split(/\s*\n\s*/)
        .filter(Boolean)
        .join(' ');
      throw new UsageError(
        withNearestChoice(withLonelyOptions(text)),
        '`layerlift --help` lists commands and options, `layerlift COMMAND --help` those of one',
      );
    });
  const around: Around = {
    ...{ caller, done },
    print: (text) => void process.stdout.write(text),
    printCompletion: () => void parser.showCompletionScript(),
  };
  for (const { addTo } of commands) addTo(parser, around);
  return parser;
}
