export interface Person {
  id: string;
  name: string;
  /** People see who works with them, and no one else. */
  tenant: string;
  /** What they send as `Authorization: Bearer <key>`, to this subgraph and to Strata alike. */
  key: string;
}

/**
 * Who there is, and who watches what. It lies in memory, so a restart forgets what was watched. Everything is read for many
 * at a time, as it would be from a database: one answer for each that was asked for, in order.
 */
export class UserStore {
  /** A tenant's watchers of each object, in the order in which they began. */
  private readonly watches = new Map<string, Map<string, Set<string>>>();

  constructor(private readonly people: readonly Person[]) {}

  byKey(key: string): Person | null {
    return this.people.find((person) => person.key === key) ?? null;
  }

  async named(tenant: string, ids: readonly string[]): Promise<(Person | null)[]> {
    const colleagues = new Map(this.people.filter((person) => person.tenant === tenant).map((person) => [person.id, person]));
    return ids.map((id) => colleagues.get(id) ?? null);
  }

  async watchersOf(tenant: string, objectIds: readonly string[]): Promise<string[][]> {
    const objects = this.watchesOf(tenant);
    return objectIds.map((id) => [...(objects.get(id) ?? [])]);
  }

  async watchedBy(tenant: string, personIds: readonly string[]): Promise<string[][]> {
    const objects = [...this.watchesOf(tenant)];
    return personIds.map((person) => objects.flatMap(([object, watchers]) => (watchers.has(person) ? [object] : [])));
  }

  async watch({ tenant, id }: Person, objectId: string): Promise<void> {
    const objects = this.watchesOf(tenant);
    objects.set(objectId, (objects.get(objectId) ?? new Set()).add(id));
  }

  async unwatch({ tenant, id }: Person, objectId: string): Promise<void> {
    this.watchesOf(tenant).get(objectId)?.delete(id);
  }

  private watchesOf(tenant: string): Map<string, Set<string>> {
    const objects = this.watches.get(tenant) ?? new Map<string, Set<string>>();
    this.watches.set(tenant, objects);
    return objects;
  }
}
