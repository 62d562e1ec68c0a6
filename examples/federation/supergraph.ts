import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

export interface Subgraph {
  name: string;
  /** Where the router reaches it. */
  url: string;
  sdl: string;
}

/** One schema out of several, with notes for the router on who resolves what. Fails with every reason why they do not fit. */
export function composeSupergraph(subgraphs: readonly Subgraph[]): string {
  const { supergraphSdl, errors } = composeServices(subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
  if (supergraphSdl === undefined) throw new Error(`The subgraphs do not compose:\n${(errors ?? []).map(({ message }) => message).join('\n')}`);
  return supergraphSdl;
}
