// Figures that are the same on every host: the last digits of a logarithm or a power differ between versions of Node.js, as
// ECMAScript leaves them open (ECMA-262, "Function Properties of the Math Object").

/** Of the 15 to 17 digits of a double, those that stay where a small figure is the difference of large ones. */
const digits = 9;

/** `value` with each number in it at 9 significant digits, and whole numbers as they are. Lists and plain objects are copied. */
export function steady<T>(value: T): T {
  return rounded(value) as T;
}

function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(digits));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rounded(one)]));
}
