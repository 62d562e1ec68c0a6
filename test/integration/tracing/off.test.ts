import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

import { startTelemetry } from '../../../src/app/telemetry.js';
import { withDatabase, migratedTemplate } from '../../support/database.js';

const ROOT = resolve(import.meta.dirname, '../../..');

describe('traces that are off', () => {
  const database = withDatabase();

  it('leave every part as it is', async () => {
    const telemetry = await startTelemetry({ telemetry: { enabled: false, sampleRatio: 1 } });
    const part = {};
    for (const name of ['statements', 'queue', 'objectStore', 'vectors', 'keywords', 'outside', 'embedder', 'media', 'cache', 'schema'] as const) {
      expect((telemetry[name] as (given: object) => object)(part)).toBe(part);
    }
    expect(telemetry.server).toBeUndefined();
  });

  it('leave statements unheard', async () => {
    const telemetry = await startTelemetry({ telemetry: { enabled: false, sampleRatio: 1 } });
    let heard = 0;
    telemetry.statements({ onStatement: () => ((heard += 1), () => undefined) });
    expect(heard).toBe(0);
    await expect(database.engine.sql.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });

  it('are not even loaded, and are where they are on', async () => {
    const [off, on] = [await modulesOf('telemetry: {enabled: false}'), await modulesOf('telemetry: {enabled: true, endpoint: "http://127.0.0.1:9"}')];
    // Others have the API, which is a few empty functions.
    const ours = (modules: string[]) => modules.filter((url) => /\/adapters\/tracing\/|\/@opentelemetry\/(?!api\/)/.test(url));
    expect(off.length).toBeGreaterThan(100);
    expect(ours(off)).toEqual([]);
    expect(ours(on).some((url) => url.includes('/@opentelemetry/sdk-trace/'))).toBe(true);
  });

  it('stay so: nothing but the telemetry of the program names them, and that loads them when it is asked to', () => {
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && !name.startsWith('adapters/tracing/'));
    const imports = sources.flatMap((name) =>
      [...readFileSync(join(ROOT, 'src', name), 'utf8').matchAll(/^import (?!type )[^;]*?from '([^']+)'/gm)].map(([, from]) => `${name}: ${from}`),
    );
    expect(imports.length).toBeGreaterThan(500);
    expect(imports.filter((line) => /@opentelemetry|adapters\/tracing/.test(line))).toEqual([]);
  });
});

async function modulesOf(settings: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-off-'));
  try {
    await writeFile(join(folder, 'data_layer.yaml'), settings);
    const url = (path: string) => new URL(`../../../${path}`, import.meta.url).href;
    const preloads = ['src/adapters/worker-typescript.ts', 'test/fixtures/workers/note-modules.ts'].flatMap((path) => ['--import', url(path)]);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', ...preloads, join(ROOT, 'test/fixtures/workers/compose-and-list.ts'), folder, await migratedTemplate(), 'data_layer.yaml'],
      { maxBuffer: 1e8 },
    );
    return JSON.parse(stdout) as string[];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
