import type { Embedder, EmbedOptions } from '../../ports/embedder.port.js';

/**
 * One L2-normalised vector a text, in order, of all of the text: what is longer than the model reads at once is read in parts, and the mean
 * of their vectors, weighted by their tokens, stands for it. For passages that were cut for a model that reads more.
 * @throws as `Embedder.embedTexts`
 */
export async function embedWhole(embedder: Pick<Embedder, 'embedTexts' | 'splitPassages'>, model: string, texts: readonly string[], options: EmbedOptions): Promise<Float32Array[]> {
  const parts = await partsOf(embedder, model, texts, options);
  const vectors = await embedder.embedTexts(model, parts.flatMap((ofText) => ofText.map(({ text }) => text)), options);
  let next = 0;
  return parts.map((ofText) => mean(ofText.map(({ tokens }) => ({ tokens, vector: vectors[next++]! }))));
}

/** How many of the texts are longer than the model reads at once. */
export async function countLonger(embedder: Pick<Embedder, 'splitPassages'>, model: string, texts: readonly string[], options: EmbedOptions): Promise<number> {
  return (await partsOf(embedder, model, texts, options)).filter((parts) => parts.length > 1).length;
}

/** As long as the model reads, without overlap, which would count twice; at least one, which is the whole text where that fits. */
async function partsOf(embedder: Pick<Embedder, 'splitPassages'>, model: string, texts: readonly string[], options: EmbedOptions): Promise<{ text: string; tokens: number }[][]> {
  const spans = await embedder.splitPassages(model, texts.map((text) => ({ text })), { ...options, target: Number.MAX_SAFE_INTEGER, overlap: 0 });
  return texts.map((text, i) => (spans[i]!.length < 2 ? [{ text, tokens: 1 }] : spans[i]!.map(({ start, end, tokens }) => ({ text: text.slice(start, end), tokens }))));
}

/** The first alone where the parts cancel out. */
function mean(parts: readonly { tokens: number; vector: Float32Array }[]): Float32Array {
  const [first] = parts;
  if (parts.length === 1) return first!.vector;
  const sum = new Float64Array(first!.vector.length);
  for (const { tokens, vector } of parts) for (let i = 0; i < sum.length; i += 1) sum[i]! += tokens * vector[i]!;
  const length = Math.hypot(...sum);
  const all = parts.reduce((total, { tokens }) => total + tokens, 0);
  return length < 1e-6 * all ? first!.vector : Float32Array.from(sum, (value) => value / length);
}
