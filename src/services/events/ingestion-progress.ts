import type { Ingestion } from '../../domain/model.js';
import { ingestionChannel } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { Hints } from './hints.js';
import { subscription } from './subscription.js';
import type { EventTiming } from './timing.js';

type Dependencies = Pick<ServiceDependencies, 'database' | 'events' | 'logger'>;

/**
 * The states of some ingestions, which exist: first as they are, then each change. What happened between two looks is told
 * as one change. One statement a look, for those of which there were hints, and now and then for all; never more kept than one
 * state of each.
 */
export function followIngestions(
  deps: Dependencies,
  tenantId: string,
  ids: readonly string[],
  signal: AbortSignal,
  timing: EventTiming,
): AsyncIterable<Ingestion> {
  return subscription<Ingestion>(signal, async (outlet) => {
    // Before the first look, so that nothing that happens after it is missed.
    const hints = new Hints(deps.events, ids.map(ingestionChannel), deps.logger);
    outlet.onEnd(() => hints.close());
    const open = new Set(ids);
    const told = new Map<string, Ingestion>();
    let lookedAtAll = -Infinity;
    while (open.size > 0 && !outlet.ended) {
      const hinted = hints.take();
      const looked = Date.now();
      const isDue = looked - lookedAtAll >= timing.lookMs;
      if (isDue) lookedAtAll = looked;
      const asked = isDue ? [...open] : [...open].filter((id) => hinted.has(ingestionChannel(id)));
      const found = asked.length > 0 ? await deps.database.ingestions.findByIds(tenantId, asked) : [];
      const rows = new Map(found.map((row) => [row.id, row]));
      for (const id of asked) {
        const row = rows.get(id);
        // Gone with its object, which someone purged; or ended.
        if (row === undefined || hasEnded(row)) open.delete(id);
        const news = row === undefined ? null : newsOf(row, told.get(id));
        if (news === null) continue;
        told.set(id, news);
        await outlet.push(news);
        if (outlet.ended) return;
      }
      if (open.size === 0) return;
      await hints.wait(lookedAtAll + timing.lookMs - Date.now());
      await hints.rest(looked + timing.restMs - Date.now());
    }
  });
}

const hasEnded = ({ status }: Ingestion): boolean => status === 'SUCCEEDED' || status === 'FAILED';

/** What is to be told of a row, or null where it was told before. Progress does not fall within an attempt. */
function newsOf(row: Ingestion, before: Ingestion | undefined): Ingestion | null {
  const progress = before?.attempts === row.attempts ? Math.max(before.progress, row.progress) : row.progress;
  const news = { ...row, progress };
  return JSON.stringify(news) === JSON.stringify(before) ? null : news;
}
