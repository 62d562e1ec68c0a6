import { composeServices as composeWithApollo } from '@apollo/composition';
import { parse } from 'graphql';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';

import { startGateway, type RunningGateway } from '../../examples/federation/gateway.js';
import { composeSupergraph, type Subgraph } from '../../examples/federation/supergraph.js';
import { UserStore, type Person } from '../../examples/federation/user-store.js';
import { startUsersSubgraph, USERS_SDL, type RunningSubgraph } from '../../examples/federation/users-subgraph.js';
import type { ApiClient, TestApi } from './api.js';
import { recordingProxy, type RecordingProxy } from './recording-proxy.js';

export const STRATA_SDL = readFileSync('schema.graphql', 'utf8');

/** Two programs, by different people, that make one schema out of several. */
export const COMPOSERS: Record<string, (subgraphs: readonly Subgraph[]) => string> = {
  'The Guild’s composition': composeSupergraph,
  'Apollo’s composition'(subgraphs) {
    const { supergraphSdl, errors } = composeWithApollo(subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
    if (supergraphSdl === undefined) throw new Error(errors!.map(({ message }) => message).join('\n'));
    return supergraphSdl;
  },
};

export interface TestSupergraph {
  readonly gateway: RunningGateway;
  /** What reaches each of the subgraphs. */
  readonly strata: RecordingProxy;
  readonly users: RecordingProxy;
  readonly store: UserStore;
  /** The same client, asking the gateway. */
  through(client: ApiClient): ApiClient;
  forget(): void;
}

/** The example's gateway before this server and the example's subgraph, where every viewer of the server's first tenants is a user. */
export function withSupergraph(api: TestApi, compose: (subgraphs: readonly Subgraph[]) => string, tenants = 3): TestSupergraph {
  const started: { stop(): Promise<void> }[] = [];
  const store = new UserStore(everybody(tenants));
  let running: { gateway: RunningGateway; strata: RecordingProxy; users: RecordingProxy } | null = null;
  const parts = () => {
    if (!running) throw new Error('The gateway is there within tests and hooks only.');
    return running;
  };
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
    started.unshift(part);
    return part;
  };
  beforeAll(async () => {
    const subgraph: RunningSubgraph = keep(await startUsersSubgraph({ store, port: 0 }));
    const users = keep(await recordingProxy(subgraph.url));
    const strata = keep(await recordingProxy(api.serving.url));
    const supergraph = compose([
      { name: 'strata', url: strata.url, sdl: STRATA_SDL },
      { name: 'users', url: users.url, sdl: USERS_SDL },
    ]);
    running = { strata, users, gateway: keep(await startGateway({ supergraph, port: 0, logging: false })) };
  });
  afterAll(async () => {
    for (const part of started) await part.stop();
  });
  return {
    get gateway() {
      return parts().gateway;
    },
    get strata() {
      return parts().strata;
    },
    get users() {
      return parts().users;
    },
    store,
    through: (client) => client.at(parts().gateway.url),
    forget() {
      parts().strata.forget();
      parts().users.forget();
    },
  };
}

/** As test/support/api.ts names viewers and their keys. */
const everybody = (tenants: number): Person[] =>
  Array.from({ length: tenants }, (_, i) => i + 1).flatMap((number) =>
    ['reader', 'annotator', 'editor', 'admin'].map((role) => ({
      id: `${role}-${number}`,
      name: `${role} of ${number}`,
      tenant: `tenant-${number}`,
      key: `key-of-${role}-in-tenant-${number}`,
    })),
  );
