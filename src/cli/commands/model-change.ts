import { withConnection, type Connection } from '../connection.js';
import type { ClientOptions, CommandContext } from '../context.js';
import { Failure, UsageFailure } from '../failure.js';
import {
  AbortModelChangeDocument, CleanUpModelChangeDocument, CurrentModelChangeDocument, CutOverModelChangeDocument, ModelChangeEstimateDocument,
  ModelChangeProgressDocument, RollBackModelChangeDocument, StartModelChangeDocument, type ModelChangeCostsFragment, type ModelChangeEstimateQuery,
  type ModelChangePhase, type ModelChangeStateFragment,
} from '../generated/graphql.js';
import { progressOn } from '../moving/progress.js';

export const MODEL_CHANGE_ACTIONS = ['estimate', 'start', 'watch', 'cut-over', 'roll-back', 'clean-up', 'abort', 'status'] as const;
export type ModelChangeAction = (typeof MODEL_CHANGE_ACTIONS)[number];

export interface ModelChangeOptions extends ClientOptions {
  from?: string;
  beside?: boolean;
  acceptFailures?: boolean;
  /** False: what is begun goes on in the server. */
  wait: boolean;
}

/** @returns 1 where what was waited for did not come */
export async function modelChange(context: CommandContext, action: string, model: string | undefined, options: ModelChangeOptions): Promise<number> {
  if (!isAction(action)) throw new UsageFailure(`"${action}" is none of ${MODEL_CHANGE_ACTIONS.join(', ')}.`);
  const isBeginning = action === 'estimate' || action === 'start';
  if (isBeginning && model === undefined) throw new UsageFailure(`Say which model to change to: strata model-change ${action} MODEL.`);
  if (!isBeginning && model !== undefined) throw new UsageFailure(`"${action}" is of the change that is open, and takes no model.`);
  return withConnection(context, options, async (connection) => {
    const asked = { to: model ?? '', from: options.from, beside: options.beside === true };
    if (action === 'estimate') return print(estimateLines((await connection.request(ModelChangeEstimateDocument, asked)).modelChangeEstimate));
    if (action === 'start') {
      const { startModelChange: begun } = await connection.request(StartModelChangeDocument, asked);
      const last = await followed(connection, begun, options);
      if (begun.phase !== 'BACKFILLING') print(waitingLines(begun));
      return ended(last, ['READY', 'CUT_OVER', 'ROLLED_BACK']);
    }
    const { modelChange: current } = await connection.request(CurrentModelChangeDocument, {});
    if (current == null) throw new Failure('No model has been changed here. "strata model-change start MODEL" begins.');
    switch (action) {
      case 'status':
        print([saying(current), ...waitingLines(current), ...current.failures.map(({ objectId, tenant, reason }) => `  ${objectId} of ${tenant}: ${reason}`)]);
        return 0;
      case 'watch':
        return ended(await followed(connection, current, { wait: true }), null);
      case 'cut-over':
        return ended((await connection.request(CutOverModelChangeDocument, { id: current.id, acceptFailures: options.acceptFailures === true })).cutOverModelChange, null);
      case 'roll-back':
        return ended((await connection.request(RollBackModelChangeDocument, { id: current.id })).rollBackModelChange, null);
      case 'clean-up':
        return ended(await followed(connection, (await connection.request(CleanUpModelChangeDocument, { id: current.id })).cleanUpModelChange, options), null);
      case 'abort':
        return ended(await followed(connection, (await connection.request(AbortModelChangeDocument, { id: current.id })).abortModelChange, options), null);
    }
  });
}

const isAction = (action: string): action is ModelChangeAction => (MODEL_CHANGE_ACTIONS as readonly string[]).includes(action);

/** To where it does not move on by itself. */
async function followed(connection: Connection, from: ModelChangeStateFragment, { wait }: { wait: boolean }): Promise<ModelChangeStateFragment> {
  if (!wait) return from;
  const progress = progressOn(process.stderr);
  let last = from;
  let phase: ModelChangePhase | null = null;
  try {
    for await (const { modelChangeProgress: state } of connection.subscribe(ModelChangeProgressDocument, { id: from.id })) {
      last = state;
      if (!(state.phase in STEPS)) continue;
      if (state.phase !== phase) progress.step(STEPS[state.phase]!, state.total);
      phase = state.phase;
      const left = state.secondsLeft == null || state.done >= state.total ? '' : `, ${duration(state.secondsLeft)} left`;
      progress.update(state.done, `${state.done} of ${Math.max(state.done, state.total)}${left}${state.problem == null ? '' : ` · ${state.problem}`}`);
    }
  } finally {
    progress.end();
  }
  return last;
}

const STEPS: Partial<Record<ModelChangePhase, string>> = { BACKFILLING: 'embedding', CLEANING: 'cleaning up', ABORTING: 'taking back' };

function ended(state: ModelChangeStateFragment, wanted: readonly ModelChangePhase[] | null): number {
  print([saying(state)]);
  return wanted === null || wanted.includes(state.phase) || state.phase === 'BACKFILLING' ? 0 : 1;
}

function saying({ from, to, phase, total, done, vectors, failed, problem }: ModelChangeStateFragment): string {
  const change = from == null ? `${to}, beside the others` : `${from} to ${to}`;
  const failures = failed === 0 ? '' : ` ${failed} objects could not be embedded with it; "strata model-change status" says why.`;
  const says: Record<ModelChangePhase, string> = {
    BACKFILLING: `${done} of ${total} objects are embedded; searches ask ${from ?? 'the others'}.`,
    READY: `${vectors} vectors written. Searches ask ${from ?? 'the others'} until "strata model-change cut-over".`,
    CUT_OVER: `searches ask ${to}. "strata model-change roll-back" leads back, and "strata model-change clean-up" takes the old vectors out.`,
    ROLLED_BACK: `searches ask ${from ?? 'the others'} again. "cut-over" leads to ${to} once more, and "abort" takes its vectors out.`,
    CLEANING: `${done} of ${total} old vectors are taken out.`,
    CLEANED: `over. ${to} is in use; say so in the configuration, too.`,
    ABORTING: `${done} of ${total} new vectors are taken out.`,
    ABORTED: 'over. All is as it was before.',
  };
  return `${change}: ${phase}, ${says[phase]}${failures}${problem == null ? '' : ` ${problem}`}`;
}

const waitingLines = ({ waiting }: { waiting: number }): string[] =>
  waiting === 0 ? [] : [`Objects that were written meanwhile, or are tried again, and have yet to be looked at: ${waiting}.`];

function estimateLines({ from, to, fromDimensions, toDimensions, sampled, remarks, total, tenants }: ModelChangeEstimateQuery['modelChangeEstimate']): string[] {
  const costs = ({ tenant, objects, passages, vectors, bytes, seconds }: ModelChangeCostsFragment) =>
    `${tenant ?? 'in all'}: ${objects} objects, ${passages} passages, ${vectors} vectors, ${(bytes / 1e6).toFixed(1)} MB, ${seconds == null ? 'a time that nothing here could tell' : duration(seconds)}`;
  return [
    `${from ?? 'nothing'}${fromDimensions == null ? '' : ` (${fromDimensions} dimensions)`} to ${to} (${toDimensions} dimensions)`,
    ...(tenants.length > 1 ? tenants.map(costs) : []),
    costs(total),
    `The time is that of ${sampled} samples on this machine, with nothing else to do.`,
    ...remarks,
  ];
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

function print(lines: readonly string[]): number {
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}
