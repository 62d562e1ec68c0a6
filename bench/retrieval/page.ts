import type { Collection } from './collection.js';
import { ALPHAS, DEPTHS, type CollectionFigures } from './measure-collection.js';
import { plot } from './plot.js';

/** The page with its tables made anew; what stands between `<!-- name -->` and `<!-- /name -->` is a table's. */
export function page(text: string, collections: readonly Collection[], figures: readonly CollectionFigures[]): string {
  const tables: Record<string, string> = {
    collections: table(['collection', 'texts', 'words a text', 'queries', 'words a query'], collections.map((each) => [each.name, number(each.documents.length), words(each.documents), number(each.queries.length), words(each.queries)])),
    legs: table(['model', 'collection', 'words', 'vectors', 'hybrid', 'share', 'above the better leg, 95 %', 'share chosen on other queries'],
      figures.map((each) => [each.model, each.collection, score(each.keyword), score(each.vector), `**${score(each.hybrid)}**`, each.alpha.toFixed(2), `${signed(each.gain[0])} to ${signed(each.gain[1])}`, score(each.heldOut)])),
    shares: table(['share', ...heads(figures)], ALPHAS.map((share, i) => [share.toFixed(2), ...figures.map(({ relative, alpha }) => emphasised(relative[i]!, Math.abs(share - alpha) < 1e-9))])),
    plateaus: table(['model', 'collection', 'within 0.005 of the best'], figures.map(({ model, collection, plateau: [from, to] }) => [model, collection, `${from.toFixed(2)} to ${to.toFixed(2)}`])),
    fusion: table(['share', ...heads(figures)], [0.3, 0.4, 0.5, 0.6, 0.7].map((share) => [share.toFixed(2), ...figures.map(({ relative, ranked }) => `${score(at(relative, share))} / ${score(at(ranked, share))}`)])),
    depth: table(['depth', ...heads(figures)], DEPTHS.map((depth, i) => [`${depth}`, ...figures.map(({ depths }) => emphasised(depths[i]!, depth === 100))])),
    passages: table(['collection', 'tokens', 'overlap', 'passages', 'words', 'vectors', 'hybrid'],
      figures.filter(({ lengths }) => lengths.length > 1).flatMap(({ collection, lengths }) =>
        [...lengths].sort((a, b) => a.length.target - b.length.target || a.length.overlap - b.length.overlap).map(({ length: { target, overlap }, passages, keyword, vector, hybrid }) =>
          [collection, `${target}`, `${overlap}`, number(passages), score(keyword), score(vector), emphasised(hybrid, target === 200 && overlap === 32)]))),
  };
  return Object.entries(tables).reduce((whole, [name, made]) => {
    const place = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
    if (!place.test(whole)) throw new Error(`The page has no place for the table "${name}".`);
    return whole.replace(place, (_, begin: string, end: string) => `${begin}${made}\n${end}`);
  }, text);
}

/** Hybrid by the share of the vectors; the dot is the default. */
export function plotOfShares(figures: readonly CollectionFigures[]): string {
  const [models, names] = [[...new Set(figures.map(({ model }) => model))], [...new Set(figures.map(({ collection }) => collection))]];
  return plot(
    figures.map(({ model, collection, relative, alpha }) => ({
      name: `${collection}, ${shortName(model)}`, isDashed: models.indexOf(model) > 0, colour: names.indexOf(collection),
      points: ALPHAS.map((x, i) => ({ x, y: relative[i]! })), mark: alpha,
    })),
    'share of the vectors (alpha)', 'nDCG@10',
  );
}

const heads = (figures: readonly CollectionFigures[]) => figures.map(({ model, collection }) => `${collection}, ${shortName(model)}`);
const shortName = (model: string) => model.split('-')[1]!;
const at = (values: readonly number[], share: number) => values[ALPHAS.findIndex((alpha) => Math.abs(alpha - share) < 1e-9)]!;
const score = (value: number) => value.toFixed(3);
const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
const number = (value: number) => value.toLocaleString('en');
const emphasised = (value: number, isDefault: boolean) => (isDefault ? `**${score(value)}**` : score(value));
const words = (texts: readonly { text: string }[]) => Math.round(texts.reduce((sum, { text }) => sum + text.split(/\s+/).length, 0) / texts.length).toString();

const table = (head: readonly string[], rows: readonly (readonly string[])[]) => [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
