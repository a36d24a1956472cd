// A command of the command line: its words, its options, and how its code is called. Each file in commands/ declares one.

import type { ArgumentsCamelCase, Argv, InferredOptionTypes, Options, PositionalOptions } from 'yargs';
import type { ExitName } from '../lib/exit-codes.ts';

type Positionals = Readonly<Record<string, PositionalOptions>>;
type NamedOptions = Readonly<Record<string, Options>>;

/** All that was given, by the names of positionals and options, with their types. */
export type Given<P extends Positionals, O extends NamedOptions> = ArgumentsCamelCase<
  InferredOptionTypes<P> & InferredOptionTypes<O>
>;

/** The terminal, as a command may use it. */
export interface Terminal {
  readonly print: (text: string) => void;
  /** Prints the script by which a shell completes commands. */
  readonly printCompletion: () => void;
}

export interface Declaration<P extends Positionals, O extends NamedOptions, A extends object> {
  /** The name, then each positional: `<needed>`, `[optional]` or `[several..]`. */
  readonly words: string;
  /** One line for `--help`; false hides a command that is not for people. */
  readonly about: string | false;
  readonly positionals: P;
  readonly options: O;
  /** Command lines without `layerlift`, each with its purpose, for the end of its `--help`. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** Words that a shell offers for its positionals: the profiles of the site, or these. */
  readonly offers?: 'profiles' | (() => Promise<readonly string[]>);
  /** Turns what was given into the names and units of the code. */
  readonly asks: (given: Given<P, O>) => A;
  /** Imports its code when it is called, so that `--help` answers at once. */
  readonly call: (asked: A, terminal: Terminal) => Promise<ExitName>;
}

/** Calls the code of a command; a test notes in its place what was asked. */
export type Caller = (name: string, asked: object, code: () => Promise<ExitName>) => Promise<ExitName>;

/** The parser lends these to each command that is added to it. */
export interface Around extends Terminal {
  readonly caller: Caller;
  readonly done: (exit: ExitName) => void;
}

export interface Command extends Pick<
  Declaration<Positionals, NamedOptions, object>,
  'words' | 'about' | 'examples' | 'offers'
> {
  readonly name: string;
  /** Names of its options, without dashes. */
  readonly options: readonly string[];
  /** Positionals and options that take many values. */
  readonly several: readonly string[];
  readonly addTo: (parser: Argv, around: Around) => void;
}

/** The types of what `asks` and `call` get follow from the positionals and options. */
export function defineCommand<const P extends Positionals, const O extends NamedOptions, A extends object>(
  declaration: Declaration<P, O, A>,
): Command {
  const { words, about, positionals, options, examples, offers, asks, call } = declaration;
  const name = words.split(' ')[0] ?? words;
  const build = (parser: Argv): Argv<InferredOptionTypes<P> & InferredOptionTypes<O>> => {
    for (const [line, purpose] of examples) parser.example(`$0 ${line}`, purpose);
    for (const [word, positional] of Object.entries<PositionalOptions>(positionals))
      parser.positional(word, positional);
    // yargs changes and gives back one object: only its type is new.
    return parser.options(options) as Argv<InferredOptionTypes<P> & InferredOptionTypes<O>>;
  };
  return {
    ...{ name, words, about, examples },
    ...(offers === undefined ? {} : { offers }),
    options: Object.keys(options),
    several: Object.entries<Options | PositionalOptions>({ ...positionals, ...options }).flatMap(([key, { array }]) =>
      array === true ? [key] : [],
    ),
    addTo: (parser, { caller, done, ...terminal }) => {
      parser.command({
        ...{ command: words, describe: about, builder: build },
        handler: async (given) => {
          const asked = asks(given);
          done(await caller(name, asked, () => call(asked, terminal)));
        },
      });
    },
  };
}
