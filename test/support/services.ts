/** The real servers that tests can use; `npm run services` starts them, `npm run test:full` starts them and runs the tests. */
export const SERVICE_NAMES = ['redis', 's3', 'weaviate', 'chroma', 'postgres', 'toxiproxy'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/**
 * Where a real server answers.
 *
 * - redis: `redis://127.0.0.1:PORT`
 * - s3: the endpoint as `url`, and `accessKey`, `secretKey`
 * - weaviate: HTTP as `url`, and `grpcPort`
 * - chroma: `url`
 * - postgres: `postgresql://USER@127.0.0.1:PORT/postgres`, and `pgvector`: 'yes' or 'no'
 * - toxiproxy: the `url` of its API
 */
export interface ServiceAddress {
  url: string;
  [key: string]: string;
}

interface Detail {
  variable: string;
  /** Without one, a server that is given without this detail is a mistake that is told. */
  otherwise?: string;
}

const details: Record<ServiceName, Record<string, Detail>> = {
  redis: {},
  s3: { accessKey: { variable: 'STRATA_TEST_S3_ACCESS_KEY' }, secretKey: { variable: 'STRATA_TEST_S3_SECRET_KEY' } },
  weaviate: { grpcPort: { variable: 'STRATA_TEST_WEAVIATE_GRPC_PORT', otherwise: '50051' } },
  chroma: {},
  postgres: { pgvector: { variable: 'STRATA_TEST_POSTGRES_PGVECTOR', otherwise: 'no' } },
  toxiproxy: {},
};

/** What tells the tests of a server that was started for them: the inverse of `serviceAddress`. */
export function serviceEnvironment(name: ServiceName, address: ServiceAddress): Record<string, string> {
  const variables: Record<string, string> = { [`STRATA_TEST_${name.toUpperCase()}_URL`]: address.url };
  for (const [key, { variable }] of Object.entries(details[name])) variables[variable] = address[key]!;
  return variables;
}

/** The address given by `STRATA_TEST_<NAME>_URL`; null where none is: skip the suite by name, `describe.skipIf(address === null)`. */
export function serviceAddress(name: ServiceName): ServiceAddress | null {
  const given = `STRATA_TEST_${name.toUpperCase()}_URL`;
  const url = process.env[given] ?? '';
  if (url === '') return null;
  const address: ServiceAddress = { url };
  for (const [key, { variable, otherwise }] of Object.entries(details[name])) {
    const value = process.env[variable] || otherwise;
    if (value === undefined) throw new Error(`${given} is set, but ${variable} is not; the tests need both.`);
    address[key] = value;
  }
  return address;
}
