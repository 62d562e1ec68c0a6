import DataLoader from 'dataloader';
import { describe, expect, it } from 'vitest';
import type { ObjectChange } from '../../../src/domain/operations.js';
import type { GraphQLContext } from '../../../src/graphql/context.js';
import { EventResolver } from '../../../src/graphql/events/event.resolver.js';
import { DataObjectChangeType } from '../../../src/graphql/events/data-object-change.type.js';
import { dataObject } from '../../support/fake-services.js';

const AT = new Date('2026-03-01T12:00:00.000Z');
const LATER = new Date('2026-03-01T12:00:01.000Z');
const before = dataObject(1, { filename: 'before.txt', version: 1, updatedAt: AT });
const after = { ...before, filename: 'after.txt', version: 2, updatedAt: LATER };

/** What is answered for a change to version 2, where the cache knows `known`, and how often the rows were read past it. */
async function shown(known: typeof before, change: Partial<ObjectChange> = {}) {
  let reread = 0;
  const objects = new DataLoader<string, typeof before | null>(async (ids) => ids.map(() => known));
  const services = {
    objects: {
      reread: async () => {
        reread += 1;
        return [after];
      },
    },
  };
  const context = { loaders: { objects }, services, viewer: { id: 'a', tenantId: 't', role: 'reader' } } as unknown as GraphQLContext;
  const told = new DataObjectChangeType({ cursor: '1', kind: 'UPDATED', id: before.id, version: 2, occurredAt: LATER, ...change } as ObjectChange);
  const object = await new EventResolver().dataObject(told, context);
  return { filename: object?.filename, reread };
}

describe('the object of a change', () => {
  it('is not the one from before that a cache still has: by its version, or by its time', async () => {
    expect(await shown(before)).toEqual({ filename: 'after.txt', reread: 1 });
    expect(await shown({ ...before, version: 2 })).toEqual({ filename: 'after.txt', reread: 1 });
  });

  it('is read once where what is known is as new, or newer', async () => {
    expect(await shown(after)).toEqual({ filename: 'after.txt', reread: 0 });
    expect(await shown({ ...after, filename: 'newest.txt', version: 3 })).toEqual({ filename: 'newest.txt', reread: 0 });
  });

  it('is none once it was purged', async () => {
    expect(await shown(after, { kind: 'PURGED', version: null })).toEqual({ filename: undefined, reread: 0 });
  });
});
