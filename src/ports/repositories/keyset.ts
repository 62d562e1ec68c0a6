/** A row's place in an order: the order field's value and the id that breaks ties. */
export interface Keyset {
  value: string | number | null;
  id: string;
}

export interface KeysetQuery<Field extends string> {
  field: Field;
  direction: 'ASC' | 'DESC';
  /** Rows at most; ask for one more than the page to learn whether there is another. */
  limit: number;
  /** Rows strictly behind this one in the order. */
  after?: Keyset;
  /** Rows strictly before this one. */
  before?: Keyset;
  /** The last `limit` rows rather than the first; they are still answered in the order asked for. */
  fromEnd: boolean;
}
