import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { ServiceAddress, ServiceName } from '../../test/support/services.js';
import { freeNeighbours, freePorts } from './ports.js';
import { planPostgres } from './postgres-plan.js';
import { program } from './programs.js';

/** How a server is started on ports of its own, and how to see that it answers. */
export interface ServerPlan {
  address: ServiceAddress;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  user?: { uid: number; gid: number } | null;
  /** SIGTERM where nothing is said. */
  stopSignal?: NodeJS.Signals;
  /** Before the first start. */
  prepare?(): Promise<void>;
  /** Rejects while the server does not answer yet; may add to the address what only the running server knows. */
  answers(): Promise<void>;
}

/** Each rejects with `Missing` where the server cannot be had on this machine. The folder is there, empty or from the last time. */
export const PLANS: Readonly<Record<ServiceName, (folder: string) => Promise<ServerPlan>>> = {
  redis: planRedis,
  s3: planMinio,
  weaviate: planWeaviate,
  chroma: planChroma,
  postgres: (folder) => planPostgres(folder),
  toxiproxy: planToxiproxy,
};

const HOST = '127.0.0.1';
/** For tests on the loopback interface; MinIO wants eight characters. */
const MINIO_KEY = 'strata-test';
const MINIO_SECRET = 'strata-test-secret';

async function planRedis(folder: string): Promise<ServerPlan> {
  const command = program('redis-server');
  const [port] = await freePorts(1);
  const url = `redis://${HOST}:${port}`;
  return {
    address: { url },
    command,
    args: ['--bind', HOST, '--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no'],
    async answers() {
      const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
      client.on('error', () => {}); // Told by the call, too.
      try {
        await client.connect();
        await client.ping();
      } finally {
        client.disconnect();
      }
    },
  };
}

async function planMinio(folder: string): Promise<ServerPlan> {
  const command = program('minio');
  const [port, consolePort] = await freePorts(2);
  const url = `http://${HOST}:${port}`;
  return {
    address: { url, accessKey: MINIO_KEY, secretKey: MINIO_SECRET },
    command,
    args: ['server', join(folder, 'data'), '--address', `${HOST}:${port}`, '--console-address', `${HOST}:${consolePort}`],
    // CI_CD lets it run on the system's own disk.
    env: { MINIO_ROOT_USER: MINIO_KEY, MINIO_ROOT_PASSWORD: MINIO_SECRET, MINIO_CI_CD: '1', MINIO_UPDATE: 'off', MINIO_BROWSER: 'off' },
    prepare: async () => void (await mkdir(join(folder, 'data'), { recursive: true })),
    answers: () => answersOk(`${url}/minio/health/ready`),
  };
}

async function planWeaviate(folder: string): Promise<ServerPlan> {
  const command = program('weaviate-server');
  const [port, grpc, gossip, data] = await freePorts(4);
  // On one machine it takes the second of these to be the first plus one, whatever it is told.
  const [raft, raftRpc] = await freeNeighbours();
  const url = `http://${HOST}:${port}`;
  return {
    address: { url, grpcPort: String(grpc) },
    command,
    args: ['--host', HOST, '--port', String(port), '--scheme', 'http'],
    env: {
      PERSISTENCE_DATA_PATH: join(folder, 'data'),
      AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'true',
      DEFAULT_VECTORIZER_MODULE: 'none',
      CLUSTER_HOSTNAME: 'node1',
      CLUSTER_IN_LOCALHOST: 'true',
      CLUSTER_BIND_ADDR: HOST,
      CLUSTER_ADVERTISE_ADDR: HOST,
      CLUSTER_GOSSIP_BIND_PORT: String(gossip),
      CLUSTER_DATA_BIND_PORT: String(data),
      RAFT_PORT: String(raft),
      RAFT_INTERNAL_RPC_PORT: String(raftRpc),
      RAFT_JOIN: `node1:${raft}`,
      RAFT_BOOTSTRAP_EXPECT: '1',
      RAFT_TIMEOUTS_MULTIPLIER: '1',
      GRPC_PORT: String(grpc),
      GO_PROFILING_DISABLE: 'true',
      DISABLE_TELEMETRY: 'true',
      LOG_LEVEL: 'warning',
    },
    answers: () => answersOk(`${url}/v1/.well-known/ready`),
  };
}

async function planChroma(folder: string): Promise<ServerPlan> {
  // Never from the PATH: there, npm's scripts have a command of that name that chromadb's client brings.
  const command = program('chroma/bin/chroma');
  const [port] = await freePorts(1);
  const url = `http://${HOST}:${port}`;
  return {
    address: { url },
    command,
    args: ['run', '--host', HOST, '--port', String(port), '--path', join(folder, 'data')],
    env: { ANONYMIZED_TELEMETRY: 'False' },
    answers: () => answersOk(`${url}/api/v2/heartbeat`),
  };
}

async function planToxiproxy(_folder: string): Promise<ServerPlan> {
  const command = program('bin/server', 'toxiproxy-server');
  const [port] = await freePorts(1);
  const url = `http://${HOST}:${port}`;
  return { address: { url }, command, args: ['-host', HOST, '-port', String(port)], answers: () => answersOk(`${url}/version`) };
}

async function answersOk(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
}
