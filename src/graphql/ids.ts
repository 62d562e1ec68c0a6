import { badInput, type ErrorDetails } from '../domain/errors.js';
import { ID_PREFIXES, type EntityName, type IdPrefix } from '../domain/ids.js';
import { decodeTypeId, encodeTypeId, entityOfTypeId } from '../domain/type-id.js';

/** The id as the API shows it: `obj_01h455vb4pex5vsknk084sn02q`. */
export const encodeId = encodeTypeId;

const KINDS: Record<IdPrefix, string> = {
  obj: 'an object', ann: 'an annotation', emb: 'an embedding', agg: 'an aggregation', ing: 'an ingestion', upl: 'an upload', mch: 'a model change', ssr: 'a saved search',
};

/**
 * The UUID within an id that a client sent.
 * @throws BAD_USER_INPUT for an id of another kind, or for what is no id
 */
export function decodeId(prefix: IdPrefix, id: string, path: ErrorDetails['path']): string {
  const uuid = decodeTypeId(prefix, id);
  if (uuid !== null) return uuid;
  const other = entityOfTypeId(id);
  throw badInput(
    other !== null && ID_PREFIXES[other] !== prefix
      ? `"${shorten(id)}" is the id of ${KINDS[ID_PREFIXES[other]]}; ${KINDS[prefix]} is asked for here, "${prefix}_…".`
      : `"${shorten(id)}" is not an id. ${capital(KINDS[prefix])} has "${prefix}_" and 26 characters of 0-9 and a-z.`,
    path,
  );
}

/** Of whatever kind: for `node` and `nodes`. */
export function decodeAnyId(id: string, path: ErrorDetails['path']): { entity: EntityName; uuid: string } {
  const entity = entityOfTypeId(id);
  if (entity === null) {
    throw badInput(`"${shorten(id)}" is not an id. Ids look like "obj_…"; the kinds are ${Object.values(ID_PREFIXES).join(', ')}.`, path);
  }
  return { entity, uuid: decodeId(ID_PREFIXES[entity], id, path) };
}

const shorten = (id: string) => (id.length > 64 ? `${id.slice(0, 64)}…` : id);
const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1);
