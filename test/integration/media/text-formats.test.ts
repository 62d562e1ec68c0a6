import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractCsv } from '../../../src/adapters/media/documents/csv.js';
import { extractHtml } from '../../../src/adapters/media/documents/html.js';
import { extractJson } from '../../../src/adapters/media/documents/json.js';
import { extractXml } from '../../../src/adapters/media/documents/xml.js';
import type { Extractor } from '../../../src/adapters/media/extract-context.js';
import { DEFAULT_LIMITS, type MediaLimits } from '../../../src/adapters/media/limits.js';

describe('text formats', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-documents-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function run(extractor: Extractor, mimeType: string, content: string, limits: Partial<MediaLimits> = {}) {
    const path = join(folder, 'file');
    await writeFile(path, content);
    const fileSize = Buffer.byteLength(content);
    return extractor({ path, mimeType, filename: 'file', fileSize, limits: { ...DEFAULT_LIMITS, ...limits }, ffmpeg: null, report: () => undefined });
  }

  it('writes JSON as paths and values', async () => {
    const json = JSON.stringify({ name: 'owl', 'a.b': [1, { c: true }], none: null, empty: '', deep: { x: ['y\u0000\ud800'] } });
    const { text } = await run(extractJson, 'application/json', json);
    expect(text).toBe('name: owl\na\\.b.0: 1\na\\.b.1.c: true\ndeep.x.0: y\ufffd');
  });

  it('keeps the text of JSON that is not valid, and says so', async () => {
    const { text, warnings } = await run(extractJson, 'application/json', '{"a": 1,}');
    expect(text).toBe('{"a": 1,}');
    expect(warnings).toEqual([expect.stringContaining('not valid JSON')]);
  });

  it('reads JSON lines one by one', async () => {
    const { text, warnings } = await run(extractJson, 'application/x-ndjson', '{"a":1}\n\n{"a":2}\nbroken\n');
    expect(text).toBe('a: 1\n\na: 2\nbroken');
    expect(warnings).toEqual([expect.stringContaining('1 of its lines')]);
  });

  it('cuts what would become too long, and says so', async () => {
    const { text, warnings } = await run(extractJson, 'application/json', JSON.stringify(Array.from({ length: 500 }, (_, i) => i)), { textCharacters: 100 });
    expect(text!.length).toBeLessThanOrEqual(100);
    expect(text).toMatch(/^0: 0\n1: 1\n/);
    expect(warnings).toHaveLength(1);
  });

  it('reads tables with quotes, other separators, and no header', async () => {
    const semicolons = await run(extractCsv, 'text/csv', 'name;note\n"Smith; Jane";"two\nlines"\n;\n');
    expect(semicolons.text).toBe('name: Smith; Jane\nnote: two\nlines');
    expect(semicolons.facts.document).toEqual({ rows: 2, columns: 2 });
    const numbers = await run(extractCsv, 'text/tab-separated-values', '1\t2\n3\t4\t5\n');
    expect(numbers.text).toBe('column 1: 1\ncolumn 2: 2\n\ncolumn 1: 3\ncolumn 2: 4\ncolumn 3: 5');
    expect(numbers.facts.document).toEqual({ rows: 2, columns: 3 });
  });

  it('keeps the text of a table whose quotes do not close, and says so', async () => {
    const { text, warnings } = await run(extractCsv, 'text/csv', 'a,b\n"never closed,2\n3,4\n');
    expect(text).toContain('never closed');
    expect(warnings).toEqual([expect.stringContaining('not a valid table')]);
  });

  it('reads a page: its title, pictures’ descriptions, tables; no scripts, no addresses', async () => {
    const page = `<html lang="en"><head><title>The &amp; mill</title><meta name="author" content="Ann"></head><body><script>x()</script>
      <h1>Owls</h1><p>See <a href="https://example.org/secret">the list</a>.</p><img src="a.png" alt="an owl asleep"><template>hidden</template></body></html>`;
    const { text, facts } = await run(extractHtml, 'text/html', page);
    expect(text).toBe('The & mill\n\nOwls\n\nSee the list.\n\nan owl asleep');
    expect(facts.document).toEqual({ title: 'The & mill', author: 'Ann', language: 'en' });
  });

  it('reads the words of an SVG and expands no entities', async () => {
    const svg = '<!DOCTYPE svg [<!ENTITY a "boom">]><svg><title>Chart</title><script>alert(1)</script><text>North <tspan>&a;</tspan></text></svg>';
    const { text, facts } = await run(extractXml, 'image/svg+xml', svg);
    expect(text).not.toContain('boom');
    expect(text).not.toContain('alert');
    expect(text).toMatch(/^Chart\nNorth/m);
    expect(facts.document).toEqual({ title: 'Chart' });
  });
});
