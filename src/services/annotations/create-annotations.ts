import { v7 as uuidv7 } from 'uuid';
import { requireAnnotationContent, requireConfidence } from '../../domain/annotation-content.js';
import { conflict, isStrataError, notFound, type StrataError } from '../../domain/errors.js';
import type { Annotation, DataObject, Viewer } from '../../domain/model.js';
import type { CreateAnnotation } from '../../domain/operations.js';
import type { Transaction } from '../../ports/database.port.js';
import type { NewAnnotation } from '../../ports/repositories/annotation.repository.port.js';
import { hasPassages } from '../annotation-passages/annotation-passages.js';
import { announceChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { idempotentRequest, keyTaken, recall, type IdempotentRequest } from '../shared/idempotency.js';
import { readAnnotatorId } from './annotators.js';
import { recordAnnotationChanges } from './touched-objects.js';

type Dependencies = Pick<ServiceDependencies, 'database' | 'keywords' | 'events' | 'queue'>;
type Answer = Annotation | StrataError;

const OPERATION = 'createAnnotations';
/** A try is lost only to another request that took one of the keys at that moment; the next finds its answer. */
const MAX_TRIES = 3;

interface Item {
  index: number;
  annotation: NewAnnotation;
  request: IdempotentRequest | null;
}

/** Item by item: a bad one never spoils the others. The statements are as many for a thousand items as for one. */
export async function createAnnotations(deps: Dependencies, viewer: Viewer, inputs: readonly CreateAnnotation[]): Promise<Answer[]> {
  const answers = new Array<Answer | undefined>(inputs.length);
  const items: Item[] = [];
  inputs.forEach((input, index) => {
    const item = prepare(viewer, input, index);
    if (isStrataError(item)) answers[index] = item;
    else items.push(item);
  });
  for (let tries = 1; ; tries += 1) {
    try {
      await answerRecalled(deps, viewer, items, answers);
      const { distinct, repeats } = splitRepeats(items.filter(({ index }) => answers[index] === undefined));
      await answerNew(deps, viewer, distinct, answers);
      for (const { item, first } of repeats) {
        answers[item.index] = item.request!.inputHash === first.request!.inputHash ? answers[first.index] : keyTaken();
      }
      return answers as Answer[];
    } catch (error) {
      if (!isStrataError(error) || error.code !== 'CONFLICT' || tries === MAX_TRIES) throw error;
    }
  }
}

function prepare(viewer: Viewer, input: CreateAnnotation, index: number): Item | StrataError {
  try {
    const { objectId, type, content, confidence } = input;
    requireAnnotationContent(type, content, ['content']);
    if (confidence !== undefined) requireConfidence(confidence, ['confidence']);
    const annotatorId = readAnnotatorId(viewer, input.annotatorId);
    const said = { objectId, annotatorId, type, content, confidence: confidence ?? null };
    return { index, annotation: { id: uuidv7(), tenantId: viewer.tenantId, ...said }, request: idempotentRequest(OPERATION, input.idempotencyKey, said) };
  } catch (error) {
    if (isStrataError(error)) return error;
    throw error;
  }
}

/** A key that comes again within one call answers as its first time in it. */
function splitRepeats(items: readonly Item[]): { distinct: Item[]; repeats: { item: Item; first: Item }[] } {
  const firsts = new Map<string, Item>();
  const distinct: Item[] = [];
  const repeats: { item: Item; first: Item }[] = [];
  for (const item of items) {
    const first = item.request === null ? undefined : firsts.get(item.request.key);
    if (first !== undefined) repeats.push({ item, first });
    else {
      distinct.push(item);
      if (item.request !== null) firsts.set(item.request.key, item);
    }
  }
  return { distinct, repeats };
}

/** What the same keys made before: two statements. */
async function answerRecalled(deps: Dependencies, viewer: Viewer, items: readonly Item[], answers: (Answer | undefined)[]): Promise<void> {
  const recalled = await recall(deps.database, viewer, items.map(({ request }) => request));
  const ids = recalled.filter((response) => typeof response === 'string');
  const made = new Map((ids.length === 0 ? [] : await deps.database.annotations.findByIds(viewer.tenantId, ids)).map((annotation) => [annotation.id, annotation]));
  for (const [at, { index }] of items.entries()) {
    const response = recalled[at];
    if (isStrataError(response)) answers[index] = response;
    if (typeof response === 'string') answers[index] = made.get(response) ?? conflict('What this idempotency key made has been purged since. Use a new key.', ['idempotencyKey']);
  }
}

async function answerNew(deps: Dependencies, viewer: Viewer, items: readonly Item[], answers: (Answer | undefined)[]): Promise<void> {
  if (items.length === 0) return;
  const settled = await deps.database.transaction((tx) => insert(deps, tx, viewer, items));
  for (const [index, answer] of settled) answers[index] = answer;
  if ([...settled.values()].some((answer) => !isStrataError(answer))) announceChanges(deps.events, viewer.tenantId);
  if (items.some(({ annotation }) => hasPassages(annotation))) deps.queue.wake('annotate');
}

async function insert(deps: Dependencies, tx: Transaction, viewer: Viewer, items: readonly Item[]): Promise<Map<number, Answer>> {
  const ids = [...new Set(items.map(({ annotation }) => annotation.objectId))];
  const objects = new Map((await tx.objects.lockByIds(viewer.tenantId, ids)).map((object) => [object.id, object]));
  const settled = new Map<number, Answer>();
  const accepted = items.filter(({ index, annotation }) => {
    const refusal = refusalOf(objects.get(annotation.objectId), annotation.objectId);
    if (refusal !== null) settled.set(index, refusal);
    return refusal === null;
  });
  if (accepted.length === 0) return settled;

  const rows = await tx.annotations.insert(accepted.map(({ annotation }) => annotation));
  const made = new Map(rows.map((row) => [row.id, row]));
  for (const { index, annotation } of accepted) settled.set(index, made.get(annotation.id)!);
  await tx.idempotency.insert(viewer.tenantId, accepted.flatMap(({ annotation, request }) => (request === null ? [] : { ...request, response: annotation.id })));
  const touched = new Set(accepted.map(({ annotation }) => annotation.objectId));
  await recordAnnotationChanges(deps, tx, viewer.tenantId, [...objects.values()].filter((object) => touched.has(object.id)), rows);
  return settled;
}

function refusalOf(object: DataObject | undefined, id: string): StrataError | null {
  if (object === undefined) return notFound('DataObject', id, ['objectId']);
  return object.isDeleted ? conflict('The object is in the bin. Undelete it before you annotate it.', ['objectId']) : null;
}
