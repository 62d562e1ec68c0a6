import { isIP } from 'node:net';
import { isAbsolute, relative, resolve } from 'node:path';
import type { SettingPath } from './document.js';
import type { Settings } from './schema.js';

/** What settings must be together. `concerns`: where any of these is itself wrong, the verdict means nothing. */
export interface Breach {
  path: SettingPath;
  concerns: readonly SettingPath[];
  message: string;
}

/** @param dataDir absolute */
export function breaches(settings: Settings, dataDir: string): Breach[] {
  return [
    ...openDoor(settings),
    ...openToEveryPage(settings),
    ...repeatedKeys(settings),
    ...repeatedModels(settings, 'near_duplicates'),
    ...repeatedModels(settings, 'saved_searches'),
    ...boundsOfNothing(settings),
    ...fewConnections(settings),
    ...missingCredentials(settings),
    ...authorityOfNothing(settings),
    ...strayFolder(settings, dataDir),
  ];
}

export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (bare === 'localhost' || bare === '::1') return true;
  return isIP(bare) === 4 && bare.startsWith('127.');
}

function openDoor({ server }: Settings): Breach[] {
  if (isLoopback(server.host) || server.api_keys.length > 0) return [];
  const message =
    `must be a loopback address (127.0.0.1, ::1, localhost) as long as there are no keys; ${JSON.stringify(server.host)} would let anyone in. ` +
    'Add a key under server.api_keys, or leave the host out.';
  return [
    {
      path: ['server', 'host'],
      concerns: [
        ['server', 'host'],
        ['server', 'api_keys'],
      ],
      message,
    },
  ];
}

/** Each of the tasks that come round by the clock holds one while it works with others. */
const FEWEST_CONNECTIONS = 10;

function fewConnections({ database }: Settings): Breach[] {
  const { provider, pool_size, max_overflow } = database;
  if (provider !== 'postgres' || pool_size + max_overflow >= FEWEST_CONNECTIONS) return [];
  const path = ['database', 'max_overflow'];
  const message = `with pool_size must come to at least ${FEWEST_CONNECTIONS} connections, or periodic work would wait for itself; ${pool_size} and ${max_overflow} are ${pool_size + max_overflow}. Raise either.`;
  return [{ path, concerns: [['database', 'pool_size'], path, ['database', 'provider']], message }];
}

/** Without keys everybody is an admin; with "*" everybody is any page that someone on this machine looks at. */
function openToEveryPage({ server }: Settings): Breach[] {
  const index = server.cors.origins.indexOf('*');
  if (index < 0 || server.api_keys.length > 0) return [];
  const path = ['server', 'cors', 'origins', index];
  return [
    {
      path,
      concerns: [path, ['server', 'api_keys']],
      message:
        'must name the pages as long as there are no keys; "*" would make every web page that is open on this machine an admin. ' +
        'Add a key under server.api_keys, or list the origins.',
    },
  ];
}

function repeatedKeys({ server }: Settings): Breach[] {
  return server.api_keys.flatMap(({ key }, index) => {
    const first = server.api_keys.findIndex((other) => other.key === key);
    const path = ['server', 'api_keys', index, 'key'];
    return first === index
      ? []
      : [
          {
            path,
            concerns: [path, ['server', 'api_keys', first, 'key']],
            message: `must be a key of its own; server.api_keys[${first}] has the same`,
          },
        ];
  });
}

function repeatedModels({ embedding }: Settings, list: 'near_duplicates' | 'saved_searches'): Breach[] {
  return embedding[list].flatMap(({ model }, index) => {
    const first = embedding[list].findIndex((other) => other.model === model);
    const path = ['embedding', list, index, 'model'];
    const message = `must be another model; embedding.${list}[${first}] is about the same`;
    return first === index ? [] : [{ path, concerns: [path, ['embedding', list, first, 'model']], message }];
  });
}

function boundsOfNothing({ embedding }: Settings): Breach[] {
  return embedding.saved_searches.flatMap(({ from, words_from: wordsFrom }, index) => {
    const path = ['embedding', 'saved_searches', index];
    return from !== undefined || wordsFrom !== undefined ? [] : [{ path, concerns: [path], message: 'bounds nothing. Give "from", "words_from" or both.' }];
  });
}

function missingCredentials({ vector_database: vectors, object_storage: objects }: Settings): Breach[] {
  const needed: [boolean, SettingPath, unknown][] = [
    [vectors.provider === 'pinecone', ['vector_database', 'pinecone', 'api_key'], vectors.pinecone.api_key],
    [objects.provider === 'minio', ['object_storage', 'minio', 'access_key'], objects.minio.access_key],
    [objects.provider === 'minio', ['object_storage', 'minio', 'secret_key'], objects.minio.secret_key],
    [objects.provider === 's3', ['object_storage', 's3', 'bucket'], objects.s3.bucket],
    // One half of a pair of keys is of no use to anyone.
    [
      objects.provider === 's3' && objects.s3.secret_key !== undefined,
      ['object_storage', 's3', 'access_key'],
      objects.s3.access_key,
    ],
    [
      objects.provider === 's3' && objects.s3.access_key !== undefined,
      ['object_storage', 's3', 'secret_key'],
      objects.s3.secret_key,
    ],
  ];
  return needed
    .filter(([applies, , value]) => applies && value === undefined)
    .map(([, path]) => ({
      path,
      concerns: [path, [path[0]!, 'provider']],
      message: `is missing; the provider ${String(path[1])} needs it`,
    }));
}

/** Whoever names an authority believes that the connection is encrypted. */
function authorityOfNothing({ database, cache }: Settings): Breach[] {
  const pairs: [boolean, SettingPath, SettingPath][] = [
    [database.ssl_ca !== undefined && database.ssl !== true, ['database', 'ssl_ca'], ['database', 'ssl']],
    [cache.redis?.tls_ca !== undefined && !cache.redis.tls, ['cache', 'redis', 'tls_ca'], ['cache', 'redis', 'tls']],
  ];
  return pairs
    .filter(([applies]) => applies)
    .map(([, path, needed]) => ({ path, concerns: [path, needed], message: `needs ${needed.join('.')}: true; as it is, the connection is not encrypted` }));
}

function strayFolder({ object_storage: objects }: Settings, dataDir: string): Breach[] {
  const { path: folder } = objects.filesystem;
  const within = relative(dataDir, resolve(dataDir, folder));
  if (objects.provider !== 'filesystem' || (within !== '' && !isAbsolute(within) && within.split(/[\\/]/)[0] !== '..'))
    return [];
  const path = ['object_storage', 'filesystem', 'path'];
  return [
    {
      path,
      concerns: [path],
      message: `must be a folder within the data folder, such as "objects"; it is ${JSON.stringify(folder)}`,
    },
  ];
}
