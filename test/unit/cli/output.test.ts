import pc from 'picocolors';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { failureTable, ingestReport } from '../../../src/cli/ingest/report.js';
import { hitLines } from '../../../src/cli/output/hit-lines.js';
import { objectLines } from '../../../src/cli/output/object-lines.js';

const plain = pc.createColors(false);

const node = { id: 'obj_1', type: 'TEXT' as const, status: 'READY' as const, filename: 'a.txt', mimeType: 'text/plain', fileSize: 2_048, createdAt: '2024-01-01T00:00:00Z' };
const explanation = { vectorScore: 0.5, vectorRank: 0, keywordScore: 2.25, keywordRank: 4, model: 'some-model', spaces: [{ model: 'some-model', score: 0.5, rank: 0 }, { model: 'another', score: 0.25, rank: 2 }], fusedScore: null, rerankScore: null, contributions: [] };
const answer = (edges: object[], warnings: string[] = []) =>
  ({ totalCount: edges.length, incomplete: false, warnings, edges }) as unknown as Parameters<typeof hitLines>[0];

describe('hitLines', () => {
  it('aligns names, shows ids whole, and explains where asked', () => {
    const edges = [
      { score: 1, node, explanation, matches: [] },
      { score: 0.5, node: { ...node, filename: 'longer-name.txt' }, explanation: { ...explanation, vectorScore: null, vectorRank: null, spaces: [], fusedScore: 0.75, rerankScore: 0.125 }, matches: [] },
    ];
    expect(hitLines(answer(edges), { width: 100, colours: plain, explain: true })).toEqual([
      '  1. 1.000 a.txt            TEXT      obj_1',
      '           cosine 0.500 (rank 1, some-model) · cosine 0.250 (rank 3, another) · BM25 2.25 (rank 5)',
      '  2. 0.500 longer-name.txt  TEXT      obj_1',
      '           BM25 2.25 (rank 5) · fused 0.750 · re-ranked 0.125',
    ]);
  });

  it('explains what each of the liked and disliked comes to', () => {
    const contributions = [{ term: 'liked.0', vector: 0.625, through: ['obj_1', 'obj_2'] }, { term: 'liked.1', vector: null, through: [] }, { term: 'disliked.0', vector: -0.125, through: [] }];
    const [, said] = hitLines(answer([{ score: 1, node, explanation: { ...explanation, keywordScore: null, keywordRank: null, spaces: [], contributions }, matches: [] }]), { width: 100, colours: plain, explain: true });
    expect(said).toBe('           cosine 0.500 (rank 1, some-model) · liked.0 +0.625 by what is said of obj_1, obj_2 · disliked.0 −0.125');
  });

  it('says that nothing was found, and hands warnings on', () => {
    expect(hitLines(answer([], ['The vector leg failed.']), { width: 100, colours: plain })).toEqual(['Nothing was found.', 'note: The vector leg failed.']);
  });
});

describe('objectLines', () => {
  it('says why an object failed, what people said of it, and where its bytes are', () => {
    const lines = objectLines(
      {
        ...node, status: 'FAILED', isDeleted: true, contentHash: 'abc', storageLocation: 'file:objects/k', storageTier: 'STANDARD', metadata: {}, version: 2, updatedAt: 'later',
        downloadUrl: null, embeddings: [],
        annotations: { totalCount: 3, nodes: [{ type: 'CLASSIFICATION', annotatorId: 'alice', confidence: 0.9, content: { labels: [{ label: 'owl' }, { label: 'barn' }] } }] },
        ingestion: { id: 'ing_1', status: 'FAILED', stage: 'EXTRACT', progress: 0, attempts: 1, warnings: ['odd'], error: { code: 'DAMAGED', message: 'It ends early.', retryable: false } },
      } as unknown as Parameters<typeof objectLines>[0],
      120,
      plain,
    );
    expect(lines[0]).toBe('a.txt');
    expect(lines).toContain('  status          in the bin, FAILED (ingestion FAILED at EXTRACT, DAMAGED: It ends early.)');
    expect(lines).toContain('  type            TEXT, text/plain, 2.0 kB');
    expect(lines).toContain('  warning         odd');
    expect(lines).toContain('  classification  owl, barn, confidence 0.9 (alice)');
    expect(lines).toContain('                  and 2 more annotations');
    expect(lines).toContain('  vectors         none');
    expect(lines.some((line) => /metadata|download/.test(line))).toBe(false);
  });
});

describe('the report of an ingest', () => {
  it('is a line a file where nobody looks on', () => {
    let written = '';
    const output = new Writable({ write: (chunk, _encoding, done) => ((written += String(chunk)), done()) }) as unknown as NodeJS.WriteStream;
    const file = { path: '/x/a.txt', shown: 'a.txt', size: 1 };
    const report = ingestReport([file], output);
    report.sent(1);
    report.stored(file);
    report.processed(0.5, 1);
    report.ended(file, 'ready');
    report.ended({ shown: 'b.txt' }, 'failed', 'It is empty.');
    report.end();
    expect(written).toBe('ready    a.txt\nfailed   b.txt: It is empty.\n');
  });

  it('ends with a table of reasons that keeps to its width', () => {
    const table = failureTable([{ shown: 'some/file.txt', reason: `${'word '.repeat(60)}end` }], 100);
    expect(table).toContain('│ some/file.txt │');
    expect(table.match(/[a-z/.]+/g)!.filter((word) => !['file', 'reason', 'some/file.txt', 'word', 'end'].includes(word))).toEqual([]);
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});
