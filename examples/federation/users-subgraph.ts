import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import DataLoader from 'dataloader';
import { GraphQLError, parse } from 'graphql';
import { readFileSync } from 'node:fs';
import type { Person, UserStore } from './user-store.js';

export const USERS_SDL = readFileSync(new URL('users.graphql', import.meta.url), 'utf8');

/** Of one request: who asks, and what was read for it, all of one kind in one read. */
interface Context {
  store: UserStore;
  asker: Person;
  people: DataLoader<string, Person | null>;
  watchers: DataLoader<string, string[]>;
  watched: DataLoader<string, string[]>;
}

/** What a router knows of an entity that is Strata's: its key, and what `@requires` names. */
interface ObjectReference {
  id: string;
}
interface AnnotationReference {
  id: string;
  annotatorId: string;
}

const resolvers = {
  Query: {
    me: (_: unknown, __: unknown, { asker }: Context) => asker,
    user: (_: unknown, { id }: { id: string }, { people }: Context) => people.load(id),
  },
  Mutation: {
    async watch(_: unknown, { objectId }: { objectId: string }, { store, asker }: Context): Promise<ObjectReference> {
      await store.watch(asker, objectId);
      return { id: objectId };
    },
    async unwatch(_: unknown, { objectId }: { objectId: string }, { store, asker }: Context): Promise<ObjectReference> {
      await store.unwatch(asker, objectId);
      return { id: objectId };
    },
  },
  User: {
    __resolveReference: ({ id }: { id: string }, { people }: Context) => people.load(id),
    watching: async ({ id }: Person, _: unknown, { watched }: Context): Promise<ObjectReference[]> =>
      (await watched.load(id)).map((objectId) => ({ id: objectId })),
  },
  // Both exist in Strata; whether they do is Strata's to say, and the reference is all there is to them here.
  DataObject: {
    __resolveReference: (reference: ObjectReference) => reference,
    watchers: async ({ id }: ObjectReference, _: unknown, { watchers, people }: Context): Promise<Person[]> => {
      const known = await people.loadMany(await watchers.load(id));
      return known.filter((person): person is Person => person !== null && !(person instanceof Error));
    },
  },
  Annotation: {
    __resolveReference: (reference: AnnotationReference) => reference,
    annotator: ({ annotatorId }: AnnotationReference, _: unknown, { people }: Context) => people.load(annotatorId),
  },
};

function contextOf(store: UserStore, authorization: string | undefined): Context {
  const asker = store.byKey(authorization?.replace(/^Bearer /i, '') ?? '');
  if (!asker) throw new GraphQLError('Send a key that is known: Authorization: Bearer <key>.', { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } });
  const { tenant } = asker;
  return {
    store,
    asker,
    people: new DataLoader((ids) => store.named(tenant, ids)),
    watchers: new DataLoader((ids) => store.watchersOf(tenant, ids)),
    watched: new DataLoader((ids) => store.watchedBy(tenant, ids)),
  };
}

export interface RunningSubgraph {
  /** Of its GraphQL endpoint. */
  url: string;
  stop(): Promise<void>;
}

/** Serves the subgraph on the loopback interface; port 0 takes a free one. */
export async function startUsersSubgraph({ store, port }: { store: UserStore; port: number }): Promise<RunningSubgraph> {
  const apollo = new ApolloServer<Context>({
    schema: buildSubgraphSchema([{ typeDefs: parse(USERS_SDL), resolvers }]),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    // Whoever started it says when it ends.
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(apollo, {
    listen: { port, host: '127.0.0.1' },
    context: async ({ req }) => contextOf(store, req.headers.authorization),
  });
  return { url, stop: () => apollo.stop() };
}
