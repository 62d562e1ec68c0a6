import type { Embedder } from '../../src/ports/embedder.port.js';
import type { VectorRecord } from '../../src/ports/vector-store.port.js';
import { randomNumbers } from '../../test/support/random-numbers.js';
import { cranfieldQueries, hasCranfield, sentences } from '../corpus.js';

export const MODEL = 'all-MiniLM-L6-v2';
/** Sentences that follow each other: mostly of one text. */
const SENTENCES_A_TOPIC = 7;
const SENTENCES_A_VECTOR = 3;
/** Length of the noise on a vector of length 1: two that are made of the same sentences are 0.9 alike. */
const NOISE = 0.33;
/** So many lots, alike in size, that have nothing to do with what a text says. */
export const LOTS = 1_000;
const QUERIES = 20;

export interface WorldObject {
  id: string;
  lot: number;
  topic: number;
  /** In the bin. */
  isDeleted: boolean;
}

export interface World {
  objects: readonly WorldObject[];
  /** Nearest last: the topics' own directions. */
  topics: readonly Float32Array[];
  records: readonly VectorRecord[];
  queries: readonly Float32Array[];
}

/**
 * So many vectors as texts have them: each the mean of three sentences of one topic, with noise, over four fifths as many objects
 * (every fourth has two vectors), of which every twentieth is in the bin. The same each time.
 */
export async function makeWorld(embedder: Embedder, count: number): Promise<World> {
  const random = randomNumbers(41);
  const known = await embedder.embedTexts(MODEL, sentences);
  const topics = Array.from({ length: Math.floor(sentences.length / SENTENCES_A_TOPIC) }, (_, i) => known.slice(i * SENTENCES_A_TOPIC, (i + 1) * SENTENCES_A_TOPIC));
  const objects = Array.from({ length: Math.floor(count * 0.8) }, (): WorldObject => ({
    id: uuid(random), lot: Math.floor(random() * LOTS), topic: Math.floor(random() * topics.length), isDeleted: random() < 0.05,
  }));
  const records = Array.from({ length: count }, (_, i): VectorRecord => {
    const object = objects[i % objects.length]!;
    const drawn = Array.from({ length: SENTENCES_A_VECTOR }, () => topics[object.topic]![Math.floor(random() * SENTENCES_A_TOPIC)]!);
    return { id: uuid(random), objectId: object.id, passageId: null, vector: noisy(unit(sumOf(drawn)), random) };
  });
  const queries = await embedder.embedTexts(MODEL, questions());
  return { objects, topics: topics.map((parts) => unit(sumOf(parts))), records, queries };
}

function questions(): string[] {
  if (!hasCranfield) return sentences.slice(0, QUERIES * 37).filter((_, i) => i % 37 === 0).map((sentence) => sentence.split(' ').slice(0, 9).join(' '));
  return cranfieldQueries().filter((_, i) => i % 11 === 0).slice(0, QUERIES).map(({ text }) => text);
}

function sumOf(vectors: readonly Float32Array[]): Float32Array {
  return vectors[0]!.map((_, i) => vectors.reduce((sum, vector) => sum + vector[i]!, 0));
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}

/** Normally distributed in every direction (Box and Muller, 1958). */
function noisy(vector: Float32Array, random: () => number): Float32Array {
  const scale = NOISE / Math.sqrt(vector.length);
  return unit(vector.map((value) => value + scale * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())));
}

/** Of version 4, from numbers that are the same each time. */
function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, (_, i) => (i === 12 ? 4 : i === 16 ? 8 + Math.floor(random() * 4) : Math.floor(random() * 16)).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A tenant of a thirtieth of the size, with ids of its own. */
export function neighbourOf(world: World): World {
  const random = randomNumbers(43);
  const records = world.records.slice(0, Math.ceil(world.records.length / 30));
  const ids = new Map(records.map(({ objectId }) => [objectId, uuid(random)]));
  return {
    ...world,
    objects: world.objects.flatMap((object) => (ids.has(object.id) ? [{ ...object, id: ids.get(object.id)! }] : [])),
    records: records.map((record) => ({ ...record, id: uuid(random), objectId: ids.get(record.objectId)! })),
  };
}
