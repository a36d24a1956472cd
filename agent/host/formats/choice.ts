/** The value in force of an attribute that lists its choices, such as `[none] mq-deadline`. */
export function chosenValue(text: string): string {
  return /\[([^\]]+)\]/.exec(text)?.[1] ?? text.trim();
}
