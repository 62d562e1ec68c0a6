import { join } from 'node:path';
import { cranfieldDocuments, cranfieldJudgements, cranfieldQueries, hasCranfield } from './corpus.js';
import { rounded, type Figure } from './figures.js';
import { ndcg, TOP } from './ndcg.js';
import { ingestTexts, inFolder, untilReady, withServer } from './server.js';

const LEAST = { KEYWORD: 0.36, VECTOR: 0.365, HYBRID: 0.4 } as const;
const SEARCH = `query ($query: String!, $mode: SearchMode!) {
  search(input: { query: $query, mode: $mode }, first: ${TOP}) { nodes { metadata } incomplete warnings }
}`;
const TEXTS_A_CALL = 500;

interface Answer {
  search: { nodes: { metadata: { id: string } }[]; incomplete: boolean; warnings: string[] };
}

/** Cranfield through the API, at the defaults. */
export async function measureQuality(): Promise<Figure[]> {
  if (!hasCranfield) {
    console.error('quality: the collection ../shared/fixtures/retrieval/cranfield is not there; left out.');
    return [];
  }
  const judgements = cranfieldJudgements();
  const queries = cranfieldQueries().filter(({ id }) => judgements.has(id));
  return inFolder((folder) =>
    withServer(join(folder, 'data'), async (server) => {
      const texts = cranfieldDocuments().map(({ id, title, text }) => ({ text: `${title}. ${text}`, metadata: { id } }));
      for (let from = 0; from < texts.length; from += TEXTS_A_CALL) await ingestTexts(server, texts.slice(from, from + TEXTS_A_CALL));
      await untilReady(server);
      const figures: Figure[] = [];
      for (const [mode, least] of Object.entries(LEAST)) {
        let sum = 0;
        for (const { id, text } of queries) {
          const { search } = await server.query<Answer>(SEARCH, { query: text, mode });
          if (search.incomplete) throw new Error(`a search was incomplete: ${search.warnings.join(' ')}`);
          sum += ndcg(judgements.get(id)!, search.nodes.map(({ metadata }) => metadata.id));
        }
        figures.push({
          of: 'quality', what: `Cranfield, nDCG@${TOP}, ${mode.toLowerCase()}`, measured: rounded(sum / queries.length), unit: '', limit: { at: 'least', value: least },
          beside: `${queries.length} queries over ${texts.length.toLocaleString('en')} texts`, details: { ndcg: sum / queries.length },
        });
      }
      return figures;
    }),
  );
}
