import { statfs } from 'node:fs/promises';
import { readServerInfo } from '../adapters/db/engine/data-folder.js';
import type { Finding } from '../cli/context.js';
import type { Config } from '../config/config.js';
import { compose, type App } from './compose.js';

const GIB = 2 ** 30;
const LITTLE_SPACE = 2 * GIB;

/** Looks at every part of the installation. A running server is asked; otherwise the parts are started here, and stopped again. */
export async function diagnose(config: Config): Promise<Finding[]> {
  const findings: Finding[] = [{ part: 'configuration', state: 'ok', says: `Read and valid. Data folder: ${config.dataDir}` }];
  const running = await readServerInfo(config.dataDir);
  if (running) {
    findings.push(...(await askServer(running.url)));
  } else {
    findings.push(...(await startAndLook(config)));
  }
  findings.push(await space(config), ...durability(config));
  return findings;
}

async function askServer(url: string): Promise<Finding[]> {
  const origin = new URL(url).origin;
  try {
    const response = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(10_000) });
    const answer = (await response.json()) as unknown;
    return [
      response.ok
        ? { part: 'server', state: 'ok', says: `Listening on ${url}; every part answers.` }
        : { part: 'server', state: 'fault', says: `Listening on ${url}, not ready: ${JSON.stringify(answer)}`, mend: 'The log of the server says what failed.' },
    ];
  } catch (error) {
    return [
      {
        part: 'server', state: 'fault', says: `A process has the data folder open and does not answer at ${url}: ${(error as Error).message}.`,
        mend: 'Look at its log; stop it and start it again.',
      },
    ];
  }
}

async function startAndLook(config: Config): Promise<Finding[]> {
  let app: App;
  try {
    app = await compose({ ...config, server: { ...config.server, logLevel: 'error' } });
  } catch (error) {
    return [{ part: 'start', state: 'fault', says: (error as Error).message, mend: 'Mend this first; nothing else can be looked at before.' }];
  }
  try {
    const { database, objectStore, vectors, keywords, cache, queue } = app.deps;
    const checks = { database, objects: objectStore, vectors, keywords, cache, queue };
    const findings = await Promise.all(Object.entries(checks).map(([part, each]) => checked(part, () => each.check())));
    return [...findings, ...models(app), await ffmpeg(app), await sagas(app)];
  } finally {
    await app.stop();
  }
}

async function checked(part: string, check: () => Promise<void>): Promise<Finding> {
  try {
    await check();
    return { part, state: 'ok', says: 'Answers.' };
  } catch (error) {
    return { part, state: 'fault', says: (error as Error).message, mend: 'See that the data folder can be written to and the disk is not full.' };
  }
}

function models(app: App): Finding[] {
  return app.deps.embedder.models().map((model) => {
    const about = `${model.modalities.join(', ')}, ${model.dimensions} dimensions. ${model.description}`;
    return model.available
      ? { part: model.name, state: 'ok', says: about }
      : { part: model.name, state: 'warning', says: `Not here. ${about}`, mend: `The setting "${model.setting}" brings it; nothing that is configured needs it.` };
  });
}

async function ffmpeg(app: App): Promise<Finding> {
  return (await app.hasFfmpeg())
    ? { part: 'ffmpeg', state: 'ok', says: 'Found: films are looked into, frame by frame, and listened to.' }
    : {
        part: 'ffmpeg', state: 'warning', says: 'Not found: films are kept, with their length and size, and are not found by what they show.',
        mend: 'Install ffmpeg, or set embedding.ffmpeg_path.',
      };
}

async function sagas(app: App): Promise<Finding> {
  const stuck = await app.deps.database.sagas.findStuck(10);
  if (stuck.length === 0) return { part: 'sagas', state: 'ok', says: 'No work over several stores is left half done.' };
  const list = stuck.map((saga) => `${saga.kind} ${saga.id} (${saga.lastError ?? 'no reason recorded'})`).join('; ');
  return { part: 'sagas', state: 'fault', says: `Work that could neither be completed nor undone: ${list}.`, mend: 'Mend the store that it names, then start the server: it tries again.' };
}

async function space(config: Config): Promise<Finding> {
  const { bavail, bsize } = await statfs(config.dataDir);
  const free = Number(bavail) * Number(bsize);
  const says = `${(free / GIB).toFixed(1)} GiB free in the data folder.`;
  return free < LITTLE_SPACE ? { part: 'disk', state: 'warning', says, mend: 'Make room before the next large upload.' } : { part: 'disk', state: 'ok', says };
}

function durability(config: Config): Finding[] {
  if (config.database.provider !== 'embedded') return [];
  return [
    {
      part: 'durability', state: 'warning',
      says: 'The embedded database survives the death of the process at any moment. It does not survive a power cut or a crash of the machine.',
      mend: 'Where that matters, set database.provider to postgres, or keep backups of the data folder.',
    },
  ];
}
