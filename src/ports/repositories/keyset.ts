import type { PageRequest } from '../../domain/paging.js';

/**
 * A stretch of an ordered list. Rows are answered in the direction in which they are read, the list's, or its reverse where
 * `backward`; at most `limit + 1` of them, so that the caller sees whether there are more. Nulls come last in the list
 * whichever its direction; the id breaks ties.
 */
export interface KeysetQuery<Field extends string> extends Pick<PageRequest, 'limit' | 'backward' | 'after' | 'before'> {
  field: Field;
  direction: 'ASC' | 'DESC';
}
