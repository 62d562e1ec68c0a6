import pc from 'picocolors';
import type { SearchQuery } from '../generated/graphql.js';

type Answer = NonNullable<SearchQuery['search']>;
type Edge = Answer['edges'][number];

const SNIPPET = 180;

/** Search results for people: a line an object, and the best place in it beneath. @param width characters */
export function hitLines(answer: Answer, width: number, colours: boolean): string {
  const colour = pc.createColors(colours);
  if (answer.edges.length === 0) return 'Nothing was found.';
  const lines = answer.edges.flatMap((edge, index) => {
    const { node, score } = edge;
    const name = node.filename ?? node.id;
    const head = `${String(index + 1).padStart(2)}. ${colour.bold(score.toFixed(3))}  ${node.type.padEnd(8)}  ${colour.cyan(name)}  ${colour.dim(`${node.id}  ${legs(edge)}`)}`;
    const place = placeOf(edge, Math.min(SNIPPET, width - 6), colour);
    return place === null ? [head] : [head, `      ${place}`];
  });
  return [...lines, ...answer.warnings.map((warning) => colour.yellow(`note: ${warning}`))].join('\n');
}

function legs({ explanation }: Edge): string {
  const vector = explanation.vectorScore == null ? null : `cosine ${explanation.vectorScore.toFixed(3)}`;
  const keyword = explanation.keywordScore == null ? null : `BM25 ${explanation.keywordScore.toFixed(2)}`;
  return [vector, keyword].filter((part) => part !== null).join(', ');
}

function placeOf({ matches }: Edge, width: number, colour: ReturnType<typeof pc.createColors>): string | null {
  const match = matches.find((each) => each.text != null);
  if (!match) return null;
  const text = match.text!;
  const first = match.highlights[0]?.start ?? 0;
  const from = Math.max(0, Math.min(first - 40, text.length - width));
  const to = Math.min(text.length, from + width);
  let shown = '';
  let at = from;
  for (const { start, end } of match.highlights) {
    if (start < at || end > to) continue;
    shown += text.slice(at, start) + colour.underline(text.slice(start, end));
    at = end;
  }
  shown += text.slice(at, to);
  const page = match.page == null ? '' : `page ${match.page}: `;
  return `${page}${from > 0 ? '… ' : ''}${shown.replace(/\s+/g, ' ').trim()}${to < text.length ? ' …' : ''}`;
}
