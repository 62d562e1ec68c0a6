import type { FoundPageFragment } from '../generated/graphql.js';
import { snippetOf } from './snippet.js';
import { wrap, type Colours } from './terminal.js';

type Edge = FoundPageFragment['edges'][number];
export type Found = FoundPageFragment;

const LONGEST_SNIPPET = 170;
const LONGEST_NAME = 44;
const INDENT = ' '.repeat(11);

export interface HitLayout {
  /** Characters a line. */
  width: number;
  colours: Colours;
  /** Says how each leg scored. */
  explain?: boolean;
}

/** Search results for people: a line an object, and the best place in it beneath, on two lines as a rule. */
export function hitLines(answer: Found, { width, colours, explain = false }: HitLayout): string[] {
  const notes = answer.warnings.map((warning) => colours.yellow(`note: ${warning}`));
  if (answer.edges.length === 0) return ['Nothing was found.', ...notes];
  const names = answer.edges.map(({ node }) => shortened(node.filename ?? '(no name)', LONGEST_NAME));
  const column = Math.max(...names.map((name) => name.length));
  const lines = answer.edges.flatMap((edge, index) => {
    const { node, score, matches } = edge;
    const rank = String(index + 1).padStart(3);
    const name = colours.cyan(names[index]!.padEnd(column));
    const snippet = snippetOf(matches, LONGEST_SNIPPET, (word) => colours.underline(word));
    return [
      `${rank}. ${colours.bold(score.toFixed(3))} ${name}  ${node.type.padEnd(8)}  ${colours.dim(node.id)}`,
      ...(snippet === null ? [] : wrap(snippet, width - INDENT.length).map((line) => INDENT + line)),
      ...(explain ? [INDENT + colours.dim(explanationOf(edge))] : []),
    ];
  });
  return [...lines, ...notes];
}

function explanationOf({ explanation: { model, vectorScore, vectorRank, keywordScore, keywordRank, spaces, fusedScore, rerankScore, contributions } }: Edge): string {
  const vector = vectorScore == null ? [] : [`cosine ${vectorScore.toFixed(3)} (rank ${vectorRank! + 1}, ${model})`];
  const keyword = keywordScore == null ? [] : [`BM25 ${keywordScore.toFixed(2)} (rank ${keywordRank! + 1})`];
  const others = spaces.filter((space) => space.model !== model).map((space) => `cosine ${space.score.toFixed(3)} (rank ${space.rank + 1}, ${space.model})`);
  const anew = [...(fusedScore == null ? [] : [`fused ${fusedScore.toFixed(3)}`]), ...(rerankScore == null ? [] : [`re-ranked ${rerankScore.toFixed(3)}`])];
  const parts = (contributions ?? []).flatMap(({ term, vector: part, through }) =>
    part == null ? [] : [`${term} ${part < 0 ? '−' : '+'}${Math.abs(part).toFixed(3)}${through.length === 0 ? '' : ` by what is said of ${through.join(', ')}`}`],
  );
  return [...vector, ...others, ...keyword, ...anew, ...parts].join(' · ');
}

const shortened = (name: string, length: number): string => (name.length <= length ? name : `${name.slice(0, length - 1)}…`);
