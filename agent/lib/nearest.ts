// The word that was meant, most likely.

/** The nearest of `known` to a word that is none of them; undefined where none is near: further than a third of its letters. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const most = Math.max(1, Math.floor(word.length / 3));
  const distances = [...known].map((candidate) => ({ candidate, distance: distanceOf(word, candidate) }));
  const [best] = distances.sort((a, b) => a.distance - b.distance);
  return best && best.distance <= most ? best.candidate : undefined;
}

/** How many letters to add, remove, replace or swap with their neighbour: optimal string alignment (Damerau, CACM 7, 1964). */
function distanceOf(a: string, b: string): number {
  let [older, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          (last[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
          swapped ? (older[j - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    [older, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
