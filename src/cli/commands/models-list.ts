import Table from 'cli-table3';
import { ApiFailure, withRunningServer } from '../connection.js';
import type { CommandContext, ListedModel, SettingOptions } from '../context.js';
import { CurrentModelChangeDocument, ModelsInUseDocument, type CurrentModelChangeQuery, type ModelsInUseQuery } from '../generated/graphql.js';
import { coloursFor, widthOf, wrap } from '../output/terminal.js';

/** Without a server nobody can say what a change of models has led to; the configuration is what it would begin with. */
const STATES = { active: 'configured', here: 'here', unusable: 'cannot run', absent: 'not here' } as const;

/**
 * searched: searches that name no model ask it. written: new objects get vectors of it. filling: a change to it is under way, and its vectors
 * are not complete. old: a change has led away from it, or was taken back, and its vectors are not all gone.
 */
export type ModelUse = 'searched' | 'written' | 'filling' | 'old';

interface InUse {
  /** The server that says so. */
  url: string;
  uses: ReadonlyMap<string, readonly ModelUse[]>;
}

export async function modelsList(context: CommandContext, options: SettingOptions & { json?: boolean }): Promise<void> {
  const models = await context.listModels(options);
  const told = await inUse(context, options);
  const { stdout } = process;
  if (options.json) {
    stdout.write(`${JSON.stringify(models.map((model) => ({ ...model, uses: told === null ? null : (told.uses.get(model.name) ?? []) })), null, 2)}\n`);
    return;
  }
  const colours = coloursFor(stdout);
  const table = new Table({ head: ['model', 'for', 'dimensions', 'state', 'licence'], style: { head: [], border: [], compact: true } });
  for (const model of models) table.push([model.name, model.for ?? '', model.dimensions ?? '', stateOf(model, told), model.licence ?? '']);
  stdout.write(`${table.toString()}\n`);
  for (const { name, folder } of models) if (folder !== null) stdout.write(`${name}: ${folder}\n`);
  for (const { fault } of models) if (fault !== null) stdout.write(`${colours.yellow(wrap(fault, widthOf(stdout)).join('\n'))}\n`);
  const source = told === null ? 'No server is up here: what is in use is as the configuration has it, whatever a change of models has led to.' : `What is in use says the server at ${told.url}.`;
  stdout.write(`${wrap(source, widthOf(stdout)).join('\n')}\n`);
}

/** What a server uses beats what its files would do; one that it does not use is what its files say. */
function stateOf({ name, state }: ListedModel, told: InUse | null): string {
  const uses = told?.uses.get(name) ?? [];
  if (uses.length > 0) return uses.join(', ');
  return told !== null && state === 'active' ? 'here' : STATES[state];
}

function inUse(context: CommandContext, options: SettingOptions): Promise<InUse | null> {
  return withRunningServer(context, options, async (connection) => {
    const { embeddingModels } = await connection.request(ModelsInUseDocument, {});
    const change = await connection.request(CurrentModelChangeDocument, {}).then(({ modelChange }) => modelChange ?? null, notShown);
    return { url: connection.url, uses: new Map(embeddingModels.map((model) => [model.name, usesOf(model, change)])) };
  });
}

/** A change is for admins to see; what is searched and written everybody may know. */
function notShown(error: unknown): null {
  if (error instanceof ApiFailure && error.code === 'FORBIDDEN') return null;
  throw error;
}

type Change = NonNullable<CurrentModelChangeQuery['modelChange']>;

/** @param change the one that is open, or the newest */
export function usesOf({ name, active, searched }: ModelsInUseQuery['embeddingModels'][number], change: Pick<Change, 'from' | 'to' | 'phase'> | null): ModelUse[] {
  const isFilling = change?.phase === 'BACKFILLING' && change.to === name;
  const isOld = change !== null && ((['CUT_OVER', 'CLEANING'].includes(change.phase) && change.from === name) || (change.phase === 'ABORTING' && change.to === name));
  return [...(searched ? (['searched'] as const) : []), ...(isFilling ? (['filling'] as const) : active ? (['written'] as const) : []), ...(isOld ? (['old'] as const) : [])];
}
