/** Whether a first row's cells can be the names of columns: none empty, none twice, none a number, none a whole paragraph. */
export function namesColumns(cells: readonly string[]): boolean {
  const names = new Set(cells);
  return names.size === cells.length && cells.every((cell) => cell !== '' && cell.length <= 200 && Number.isNaN(Number(cell.replace(',', '.'))));
}

/** The same, but that the corner above the names of the rows may be empty. */
export const headsColumns = ([first, ...others]: readonly string[]): boolean =>
  others.length > 0 && first === '' ? namesColumns(others) : namesColumns([first ?? '', ...others]);
