import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import http from '@graphql-mesh/transport-http';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GatewayOptions {
  supergraph: string;
  /** 0 takes a free one. */
  port: number;
  /** Sent by GraphiQL unless somebody changes it. */
  graphiqlKey?: string;
  /** Of what goes wrong, on the standard error; true unless told otherwise. */
  logging?: boolean;
}

export interface RunningGateway {
  /** Of its GraphQL endpoint; in a browser, GraphiQL. */
  url: string;
  stop(): Promise<void>;
}

/** Routes queries and mutations over HTTP, and subscriptions over Server-Sent Events, on both sides; on the loopback interface. */
export async function startGateway({ supergraph, port, graphiqlKey, logging = true }: GatewayOptions): Promise<RunningGateway> {
  const gateway = createGatewayRuntime({
    supergraph,
    transports: { http },
    // Subgraphs decide what whoever asks may see, so they have to know who that is.
    propagateHeaders: { fromClientToSubgraphs: ({ request }) => ({ authorization: request.headers.get('authorization') }) },
    graphqlEndpoint: '/graphql',
    graphiql: { title: 'Strata in a supergraph', ...(graphiqlKey && { defaultHeaders: JSON.stringify({ authorization: `Bearer ${graphiqlKey}` }) }) },
    // From the package, not from another host.
    renderGraphiQL,
    landingPage: false,
    logging: logging && 'warn',
  });
  const server = createServer(gateway);
  const failed = once(server, 'error').then(([error]) => Promise.reject(error as Error));
  server.listen(port, '127.0.0.1');
  await Promise.race([once(server, 'listening'), failed]);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    async stop() {
      await new Promise<unknown>((resolve) => {
        // A signal that ends the process may have closed it before; then this is called with an error, which says so.
        server.close(resolve);
        server.closeAllConnections();
      });
      await gateway.dispose();
    },
  };
}
