import { Readable } from 'node:stream';
import { parse, CsvError } from 'csv-parse';
import type { JsonObject } from '../../../domain/model.js';
import type { Extraction } from '../../../ports/media.port.js';
import { noContent, reason, type ExtractContext } from '../extract-context.js';
import { normaliseText } from '../text-decoding.js';
import { namesColumns } from './table-header.js';
import { boundText, countWords, readTextFile } from './text-file.js';

const DELIMITERS = [',', ';', '\t', '|'] as const;

/**
 * A table as lines of `header: value`, a blank line between rows, so that a search for a value finds the row with the names
 * of its columns. A first row that cannot be names (numbers, gaps, repetitions) is a row like the others, under `column 1` …
 */
export async function extractCsv(context: ExtractContext): Promise<Extraction> {
  const { text: source, encoding, warnings } = await readTextFile(context);
  const table = await readTable(source, context).catch((error: unknown) => {
    if (!(error instanceof CsvError)) throw error;
    warnings.push(`The file is not a valid table (${reason(error)}); its text was taken as it is.`);
    return { text: source, isTable: false, facts: {}, warnings: [] };
  });
  const text = boundText(normaliseText(table.text), context.limits.textCharacters, warnings);
  if (text === '') throw noContent('The table has no cells with content.');
  const facts = { document: table.facts, text: { encoding, characters: text.length, words: countWords(text) } };
  return { text, pages: [], blocks: table.isTable ? [{ kind: 'table', rows: 'paragraphs', headerEnd: null, start: 0, end: text.length }] : [], facts, warnings: [...warnings, ...table.warnings] };
}

interface Table {
  text: string;
  isTable: boolean;
  facts: JsonObject;
  warnings: string[];
}

async function readTable(source: string, { mimeType, limits, report }: ExtractContext): Promise<Table> {
  const delimiter = mimeType === 'text/tab-separated-values' ? '\t' : guessDelimiter(source);
  const parser = Readable.from(slices(source)).pipe(
    parse({ delimiter, relaxColumnCount: true, relaxQuotes: true, skipEmptyLines: true, trim: true, maxRecordSize: 4_000_000 }),
  );
  const parts: string[] = [];
  let [length, rows, columns] = [0, 0, 0];
  let cut = false;
  let header: string[] | null = null;
  for await (const record of parser as AsyncIterable<string[]>) {
    if (header === null) {
      header = namesColumns(record) ? record : [];
      columns = record.length;
      if (header.length > 0) continue;
    }
    rows++;
    columns = Math.max(columns, record.length);
    if (cut) continue;
    const row = showRow(header, record);
    length += row.length + 2;
    cut = length > limits.textCharacters;
    if (!cut && row !== '') parts.push(row);
    if (rows % 5_000 === 0) report(Math.min(0.95, length / (source.length * 2)));
  }
  const warnings = cut ? [`Only the first ${parts.length.toLocaleString('en')} of ${rows.toLocaleString('en')} rows are kept as text.`] : [];
  // A table of names alone still says what its columns are.
  return { text: parts.length > 0 ? parts.join('\n\n') : (header ?? []).join('\n'), isTable: true, facts: { rows, columns }, warnings };
}

function showRow(header: readonly string[], record: readonly string[]): string {
  return record
    .map((cell, i) => (cell === '' ? '' : `${header[i] || `column ${i + 1}`}: ${cell}`))
    .filter((line) => line !== '')
    .join('\n');
}

/** The candidate that the first line outside quotes has most of; a comma where there is none. */
function guessDelimiter(source: string): string {
  const counts = new Map<string, number>(DELIMITERS.map((delimiter) => [delimiter, 0]));
  let quoted = false;
  for (const char of source.slice(0, 65_536)) {
    if (char === '"') quoted = !quoted;
    else if (char === '\n' && !quoted) break;
    else if (!quoted && counts.has(char)) counts.set(char, counts.get(char)! + 1);
  }
  return DELIMITERS.reduce((best, delimiter) => (counts.get(delimiter)! > counts.get(best)! ? delimiter : best));
}

/** The parser keeps what it is given until it has read it; slices bound that. */
function* slices(source: string, size = 65_536): Generator<string> {
  for (let i = 0; i < source.length; i += size) yield source.slice(i, i + size);
}
