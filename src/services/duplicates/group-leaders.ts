import type { NearPair } from '../../domain/near-duplicates.js';

/** Leaders that one object is compared with in a round: the oldest. */
const MOST_LEADERS = 4;
/** Each goes a step further; neighbours of neighbours are few steps apart even among thousands of copies. */
const MOST_ROUNDS = 8;

export interface LeaderSearch {
  /** From where on two are of one group. */
  least: number;
  /** The oldest that each of these was found to be so near to before; one that is the oldest itself is not among them. */
  eldersOf(objectIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Those of these pairs that are near enough to be kept. */
  near(asked: readonly Omit<NearPair, 'similarity'>[]): Promise<NearPair[]>;
}

/**
 * More pairs beside those that were found: of each object with the oldest that its neighbours are near to, if that is near to itself,
 * too. An object finds some of its neighbours, and where there are many copies the oldest, around which their group forms, is not among
 * them; then the group would fall apart. Leaders spread from neighbour to neighbour, as in Kiveris et al., "Connected Components in
 * MapReduce and Beyond", SoCC 2014, but each pair is measured, so that nothing is chained.
 */
export async function pairsWithLeaders(found: readonly NearPair[], { least, eldersOf, near }: LeaderSearch): Promise<NearPair[]> {
  const neighbours = neighboursIn(found.filter(({ similarity }) => similarity >= least));
  const elders = new Map<string, string>();
  const elderOf = (id: string) => elders.get(id) ?? id;
  const older = (id: string, elder: string) => {
    if (elder < elderOf(id)) elders.set(id, elder);
  };
  for (const [id, others] of neighbours) for (const other of others) older(id, other);

  const lookedUp = new Set<string>();
  const measured = new Set(found.map(keyOf));
  const more: NearPair[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const unknown = [...new Set([...neighbours.keys(), ...elders.values()])].filter((id) => !lookedUp.has(id));
    unknown.forEach((id) => lookedUp.add(id));
    if (unknown.length > 0) for (const [id, elder] of await eldersOf(unknown)) older(id, elder);

    const asked = [...neighbours].flatMap(([id, others]) => {
      const leaders = leadersOf([id, ...others], elderOf);
      // Two leaders of one neighbourhood are of one group, if they are near to each other.
      return [...leaders.map((leader) => pairOf(leader, id)), ...leaders.map((leader) => pairOf(leaders[0]!, leader))];
    });
    const open = [...new Map(asked.map((pair) => [keyOf(pair), pair]))].flatMap(([key, pair]) => (pair.older === pair.younger || measured.has(key) ? [] : [pair]));
    if (open.length === 0) break;
    open.forEach((pair) => measured.add(keyOf(pair)));
    for (const pair of await near(open)) {
      more.push(pair);
      if (pair.similarity >= least) older(pair.younger, pair.older);
    }
  }
  return more;
}

function neighboursIn(pairs: readonly NearPair[]): Map<string, Set<string>> {
  const neighbours = new Map<string, Set<string>>();
  const add = (id: string, other: string) => neighbours.set(id, (neighbours.get(id) ?? new Set()).add(other));
  for (const { older, younger } of pairs) {
    add(older, younger);
    add(younger, older);
  }
  return neighbours;
}

/** The oldest that these, and the oldest of these in turn, are near to. */
function leadersOf(ids: readonly string[], elderOf: (id: string) => string): string[] {
  const leaders = new Set(ids.flatMap((id) => [elderOf(id), elderOf(elderOf(id))]));
  return [...leaders].sort().slice(0, MOST_LEADERS);
}

const pairOf = (one: string, other: string) => (one < other ? { older: one, younger: other } : { older: other, younger: one });
const keyOf = ({ older, younger }: Pick<NearPair, 'older' | 'younger'>) => `${older} ${younger}`;
