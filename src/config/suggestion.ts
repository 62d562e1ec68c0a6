/** The name among `known` that was probably meant, or null: another spelling first, then a slip of at most a third of its letters. */
export function suggest(written: string, known: readonly string[]): string | null {
  const same = known.find((name) => plain(name) === plain(written));
  if (same !== undefined) return same;
  const near = known
    .map((name) => ({ name, slips: distance(plain(written), plain(name)) }))
    .filter(({ name, slips }) => slips <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.slips - b.slips);
  return (
    near[0]?.name ??
    known.find(
      (name) =>
        written.length > 2 && (plain(name).startsWith(plain(written)) || plain(written).startsWith(plain(name))),
    ) ??
    null
  );
}

const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, rows[i - 1]![j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
