import { MOST_OTHER_PASSAGES, type KeywordHit } from '../../../ports/keyword-index.port.js';

/** @param found of one object, best first */
export function withOthers([best, ...rest]: readonly KeywordHit[]): KeywordHit {
  const others = rest.slice(0, MOST_OTHER_PASSAGES).map(({ passageId, score }) => ({ passageId, score }));
  return others.length === 0 ? best! : { ...best!, others };
}
