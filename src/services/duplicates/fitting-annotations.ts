import type { Annotation, Json, JsonObject } from '../../domain/model.js';
import { frameOf } from '../../domain/near-duplicates.js';

/** What decides whether an annotation says the same of another object. */
export interface Fitting {
  facts: JsonObject;
  /** Null where there is no text. */
  textHash: string | null;
}

/** Shares of a picture: one that is cut otherwise has other things in the same place. */
const SAME_SHAPE = 0.01;
const SAME_LENGTH_SECONDS = 0.5;

/**
 * Why an annotation would say something else of the other object, as a sentence; null where it fits. Boxes are in shares of the
 * picture as it is shown, entities in places of the text, segments in seconds.
 */
export function misfit({ type, content }: Pick<Annotation, 'type' | 'content'>, from: Fitting, to: Fitting): string | null {
  if (type === 'DETECTION' && !sameShape(from.facts, to.facts)) return 'Boxes were left with their object, whose picture has another shape than that of the kept one.';
  if (type === 'EXTRACTION' && hasPlaces(content) && (from.textHash === null || from.textHash !== to.textHash)) return 'Entities with places in the text were left with their object, whose text is not that of the kept one.';
  if (type === 'TRANSCRIPTION' && !sameLength(from.facts, to.facts)) return 'Transcriptions were left with their object, which is longer or shorter than the kept one.';
  return null;
}

function sameShape(from: JsonObject, to: JsonObject): boolean {
  const [one, other] = [frameOf(from), frameOf(to)];
  if (one === null || other === null) return false;
  const [shape, wanted] = [one.width / one.height, other.width / other.height];
  return Math.abs(shape - wanted) <= SAME_SHAPE * wanted;
}

function sameLength(from: JsonObject, to: JsonObject): boolean {
  const [one, other] = [secondsOf(from), secondsOf(to)];
  return one !== null && other !== null && Math.abs(one - other) <= SAME_LENGTH_SECONDS;
}

function secondsOf(facts: JsonObject): number | null {
  const { durationSeconds } = (facts.audio ?? facts.video ?? {}) as JsonObject;
  return typeof durationSeconds === 'number' ? durationSeconds : null;
}

const hasPlaces = ({ entities }: JsonObject): boolean =>
  Array.isArray(entities) && entities.some((entity: Json) => typeof (entity as JsonObject).start === 'number' || typeof (entity as JsonObject).end === 'number');
