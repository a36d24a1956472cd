// Finds the nearest known word to one that the command line does not know.

import { nearest } from '../lib/nearest.ts';

const unknown = /^Unknown arguments?: (.+)$/;
const wrongChoice = /Argument: (\S+), Given: "([^"]*)", Choices: (.+?)(?= Argument: |$)/g;

/** The message of yargs with the nearest of the choices that it lists, for each value that is none. */
export function withNearestChoice(message: string): string {
  const meant = [...message.matchAll(wrongChoice)].flatMap(([, option = '', given = '', choices = '']) => {
    const best = nearest(given, choices.replaceAll('"', '').split(', '));
    return best === undefined ? [] : [`did you mean --${option} ${best}?`];
  });
  return [message, ...meant].join(' ');
}

/** With and without the strings of its language files, which the built program lacks. */
const isLonely = /^(Implications failed|Missing dependent arguments):/;
const lonely = /(\S+) -> (\S+)/g;

/** The message of yargs on options that are given without the one that they belong to, in our words; any other as it is. */
export function withLonelyOptions(message: string): string {
  if (!isLonely.test(message)) return message;
  return [...message.matchAll(lonely)]
    .map(([, option = '', other = '']) => `--${option} is for --${other}, which is not given`)
    .join('; ');
}

/** Whether a message is about options or words that a command does not take. */
export function isUnknownWord(message: string): boolean {
  return unknown.test(message);
}

/** The message with the nearest of `options`, without dashes, for each word that is none. */
export function withNearestOption(message: string, options: readonly string[]): string {
  const words = (unknown.exec(message)?.[1] ?? '').split(', ');
  // yargs names an option both as it was given and in camel case.
  const meant = [...new Set(words.flatMap((word) => nearest(word, options) ?? []))];
  return meant.length === 0 ? message : `${message}: did you mean ${meant.map((word) => `--${word}`).join(', ')}?`;
}
