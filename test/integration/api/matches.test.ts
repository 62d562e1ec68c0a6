import { beforeAll, describe, expect, it } from 'vitest';
import { makeWav } from '../../support/hostile-files.js';
import { captionsIndexed } from '../../support/invariants.js';
import { withApi, type ApiClient } from '../../support/api.js';

const api = withApi();

const FIND = `query($input: SearchInput!) { search(input: $input, first: 5) { edges { node { id }
  matches { text highlights { start end } start end page startSeconds } } } }`;
interface Match {
  text: string | null;
  start: number | null;
  end: number | null;
  page: number | null;
  startSeconds: number | null;
}

/** Sentences that fill a passage of about 200 tokens, of which so many speak of a heron. */
const section = (herons: number) =>
  Array.from({ length: 14 }, (_, i) => (i < herons ? 'A heron stood at the weir and watched for eels.' : 'The ledger lists rope, tallow, lamp oil and coal for the winter.')).join(' ');
const LONG = [1, 3, 0, 6, 2].map((herons, i) => `# Part ${i + 1}\n\n${section(herons)}`).join('\n\n');

let admin: ApiClient;
let text: string;
let sound: string;
beforeAll(async () => {
  ({ admin } = api.tenant());
  [text] = (await admin.texts([{ text: LONG, filename: 'long.md' }])) as [string];
  sound = (await admin.upload(makeWav([Float32Array.from({ length: 8_000 }, (_, i) => Math.sin(i / 5) / 2)], 16_000), { filename: 'talk.wav' })).id;
  const segments = [
    { start: 0, end: 30, text: 'Barley and oats are sown in spring.' },
    { start: 95.5, end: 130, text: 'Barley barley barley, and nothing else in this field.' },
    { start: 260, end: 290, text: 'Bread is baked on Fridays.' },
    { start: 400.25, end: 420, text: 'Barley once more.' },
  ];
  await admin.ask('mutation($input: [CreateAnnotationInput!]!) { createAnnotations(input: $input) { ... on UserError { message } } }', {
    input: [{ objectId: sound, type: 'TRANSCRIPTION', content: { segments } }],
  });
  await captionsIndexed(api.serving.app);
});

const matchesOf = async (id: string, input: object): Promise<Match[]> => {
  const { search } = await admin.ask(FIND, { input });
  return search.edges.find(({ node }: { node: { id: string } }) => node.id === id)!.matches;
};

describe('the matches of one hit', () => {
  it.each(['KEYWORD', 'VECTOR', 'HYBRID'])('are up to three passages, best first, each with its place in the text (%s)', async (mode) => {
    const matches = await matchesOf(text, { query: 'a heron at the weir, watching for eels', mode, filter: { types: ['TEXT', 'DOCUMENT'] } });
    expect(matches).toHaveLength(3);
    for (const match of matches) expect(match).toMatchObject({ text: LONG.slice(match.start!, match.end!), startSeconds: null });
    expect(new Set(matches.map(({ start }) => start)).size).toBe(3);
    const herons = matches.map((match) => match.text!.split('heron').length - 1);
    expect(herons[0]).toBe(6);
    if (mode === 'KEYWORD') expect(herons).toEqual([6, 3, 2]);
  });

  it('are up to three moments of what is said, each with its time', async () => {
    const matches = await matchesOf(sound, { query: 'barley', mode: 'KEYWORD' });
    expect(matches.map(({ startSeconds }) => startSeconds).sort()).toEqual([0, 400.25, 95.5]);
    expect(matches[0]).toMatchObject({ startSeconds: 95.5, start: null, end: null, page: null });
    expect(matches.every((match) => match.text!.includes('arley'))).toBe(true);
  });
});
