/** The real servers that tests can use; `npm run services` starts them, `npm run test:full` starts them and runs the tests. */
export type ServiceName = 'redis' | 's3' | 'weaviate' | 'chroma' | 'postgres' | 'toxiproxy';

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

/** What a server tells beyond its address; a server without these is not usable, so its suites are skipped. */
const details: Record<ServiceName, Record<string, string>> = {
  redis: {},
  s3: { accessKey: 'STRATA_TEST_S3_ACCESS_KEY', secretKey: 'STRATA_TEST_S3_SECRET_KEY' },
  weaviate: { grpcPort: 'STRATA_TEST_WEAVIATE_GRPC_PORT' },
  chroma: {},
  postgres: { pgvector: 'STRATA_TEST_POSTGRES_PGVECTOR' },
  toxiproxy: {},
};

/** The address given by `STRATA_TEST_<NAME>_URL`; null where none is: skip the suite by name, `describe.skipIf(address === null)`. */
export function serviceAddress(name: ServiceName): ServiceAddress | null {
  const variable = `STRATA_TEST_${name.toUpperCase()}_URL`;
  const url = process.env[variable] ?? '';
  if (url === '') return null;
  const address: ServiceAddress = { url };
  for (const [key, detail] of Object.entries(details[name])) {
    const value = process.env[detail] ?? '';
    if (value === '') throw new Error(`${variable} is set, but ${detail} is not; the tests need both.`);
    address[key] = value;
  }
  return address;
}
