import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractCsv } from '../../../src/adapters/media/documents/csv.js';
import { extractDocx } from '../../../src/adapters/media/documents/docx.js';
import { extractHtml } from '../../../src/adapters/media/documents/html.js';
import { extractJson } from '../../../src/adapters/media/documents/json.js';
import { extractMarkdown } from '../../../src/adapters/media/documents/markdown.js';
import { extractPdf } from '../../../src/adapters/media/documents/pdf.js';
import type { Extractor } from '../../../src/adapters/media/extract-context.js';
import { DEFAULT_LIMITS } from '../../../src/adapters/media/limits.js';
import { docxParts, makePdf, makeZip } from '../../support/hostile-files.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-structure-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The kinds of the blocks, with what they hold. */
async function blocksOf(extractor: Extractor, mimeType: string, content: string | Buffer): Promise<[string, string][]> {
  const path = join(folder, 'file');
  await writeFile(path, content);
  const { size } = await stat(path);
  const { text, blocks } = await extractor({ path, mimeType, filename: null, fileSize: size, limits: DEFAULT_LIMITS, ffmpeg: null, report: () => undefined });
  return blocks!.map((block) => {
    const label = block.kind === 'heading' ? `h${block.level}` : block.kind === 'table' && block.headerEnd !== null ? `table with ${text!.slice(block.start, block.headerEnd)}` : block.kind;
    return [label, text!.slice(block.start, block.end)];
  });
}

describe('the structure of documents', () => {
  it('of HTML: headings, lists within lists, tables with and without names of columns, code', async () => {
    const page = `<html><head><title>Mills</title></head><body><table><tr><td><h1>Wind &amp; water</h1><p>They <b>grind</b>.</p></td></tr></table>
      <ul><li>Post mill<ul><li>Open</li></ul></li><li>  Tower mill</li></ul><ol start="3"><li>Oats</li></ol>
      <h2>Harvest</h2><table><thead><tr><th>Year</th><th>Tons</th></tr></thead><tbody><tr><td>1890</td><td>12</td></tr><tr><td>1891</td><td></td></tr></tbody></table>
      <table><tr><td>1</td><td>2</td></tr></table><pre>a = 1
b = 2</pre></body></html>`;
    expect(await blocksOf(extractHtml, 'text/html', page)).toEqual([
      ['h0', 'Mills'], ['h1', 'Wind & water'], ['item', '* Post mill'], ['item', '* Open'], ['item', '* Tower mill'], ['item', '3. Oats'],
      ['h2', 'Harvest'], ['table with Year\tTons', 'Year\tTons\n1890\t12\n1891'], ['table', '1\t2'], ['code', 'a = 1\nb = 2'],
    ]);
  });

  it('of Markdown: what stands in code is no heading', async () => {
    const source = '# Field notes #\n\nSeen today:\n\n- a heron\n  near the weir\n  - its nest\n- two owls\n\nSub\n---\n\n| Bird | Count |\n| --- | --- |\n| heron | 1 |\n\n```\n# no heading\n```\n';
    expect(await blocksOf(extractMarkdown, 'text/markdown', source)).toEqual([
      ['h1', '# Field notes #'], ['item', '- a heron\n  near the weir'], ['item', '- its nest'], ['item', '- two owls'], ['h2', 'Sub\n---'],
      ['table with | Bird | Count |', '| Bird | Count |\n| --- | --- |\n| heron | 1 |'], ['code', '```\n# no heading\n```'],
    ]);
  });

  it('of DOCX: by styles', async () => {
    const p = (style: string, words: string) => `<w:p><w:pPr><w:pStyle w:val="${style}"/></w:pPr><w:r><w:t>${words}</w:t></w:r></w:p>`;
    const cell = (words: string) => `<w:tc><w:p><w:r><w:t>${words}</w:t></w:r></w:p></w:tc>`;
    const row = (...cells: string[]) => `<w:tr>${cells.map(cell).join('')}</w:tr>`;
    const body = `${p('Title', 'Report')}${p('Heading1', 'Results')}<w:p><w:r><w:t>It flew.</w:t></w:r></w:p><w:tbl>${row('Wing', 'Lift')}${row('A', '1')}${row('B', '2')}</w:tbl>`;
    const styles = ['Title', 'Heading1'].map((name) => `<w:style w:type="paragraph" w:styleId="${name}"><w:name w:val="${name === 'Title' ? 'Title' : 'heading 1'}"/></w:style>`).join('');
    const parts = docxParts(body);
    const zip = makeZip({ ...parts, 'word/styles.xml': `<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">${styles}</w:styles>` });
    expect(await blocksOf(extractDocx, '', zip)).toEqual([['h0', 'Report'], ['h1', 'Results'], ['table with Wing\tLift', 'Wing\tLift\nA\t1\nB\t2']]);
  });

  it('of PDF: larger lines, words below each other, bullets with what stands further in', async () => {
    const at = (size: number, down: number, words: string, right = 0) => `) Tj /F ${size} Tf 1 0 0 1 ${20 + right} ${197 - down} Tm (${words}`;
    const row = (down: number, name: string, value: string) => at(10, down, name) + at(10, down, value, 150);
    const page = [
      at(20, 0, 'The tide clock'), at(10, 30, 'It was found in a shed and restored by two of us over a winter, wheel by wheel.'),
      at(14, 60, 'What it cost'), row(80, 'Item', 'Cost'), row(95, 'New wheel', '640'), row(110, 'Dial, cleaned', '310'),
      at(10, 140, '1. Wind it every eighth'), at(10, 155, 'day, not more.', 12), at(10, 170, '2. Oil it in May.'), at(10, 190, 'That is all that has to be done to it in a year of ordinary weather.'),
    ].join('');
    expect(await blocksOf(extractPdf, 'application/pdf', makePdf([page]))).toEqual([
      ['h1', 'The tide clock'], ['h2', 'What it cost'], ['table with Item Cost', 'Item Cost\nNew wheel 640\nDial, cleaned 310'],
      ['item', '1. Wind it every eighth\nday, not more.'], ['item', '2. Oil it in May.'],
    ]);
  });

  it('of CSV and of lines of JSON: one table of rows', async () => {
    expect(await blocksOf(extractCsv, 'text/csv', 'name,age\nAnn,3\nBob,4\n')).toEqual([['table', 'name: Ann\nage: 3\n\nname: Bob\nage: 4']]);
    expect(await blocksOf(extractJson, 'application/x-ndjson', '{"a":1}\n{"a":2}\n')).toEqual([['table', 'a: 1\n\na: 2']]);
  });
});
