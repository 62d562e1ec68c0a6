import type { WeaviateConnection } from './weaviate.connection.js';

interface Statistics {
  statistics?: { name: string; initialLastAppliedIndex?: number; raft?: { term?: string } }[];
}

/**
 * Another string once the server was started anew, though no call failed between. Weaviate does not say when it started. But a
 * server that is alone elects itself at each start, in a new term; one of several may come back without an election, and then tells by
 * what it had applied when it started, if anything was since the start before. Where nothing is told (before 1.25, or to a key that may
 * not read the cluster), how often a way was taken has to do.
 */
export async function serverRun(connection: Pick<WeaviateConnection, 'get' | 'timesOpened'>, signal?: AbortSignal): Promise<string> {
  const told = (await connection.get('/v1/cluster/statistics', signal)) as Statistics | null;
  if (!told?.statistics) return `way ${connection.timesOpened}`;
  const nodes = told.statistics.map(({ name, initialLastAppliedIndex, raft }) => `${name}: term ${raft?.term}, from ${initialLastAppliedIndex}`);
  return nodes.sort().join('; ');
}
