import type { ServiceDependencies } from '../shared/dependencies.js';
import type { Fill } from './model-filler.js';

const LACKING_AT_ONCE = 500;
const SAMPLES = 200;

/**
 * Whether every object has vectors of the model, by their rows, all of them; and whether the vectors are where searches look for them,
 * by samples. What is lacking is made.
 * @returns what is amiss, in a sentence; null where nothing is
 */
export async function whatIsAmiss(deps: Pick<ServiceDependencies, 'database' | 'vectors'>, { spec, model }: Fill, fill: (objectIds: readonly string[]) => Promise<number>): Promise<string | null> {
  const { modelChanges } = deps.database;
  const lacking = [...(await modelChanges.lackingPassages(spec, null, LACKING_AT_ONCE)), ...(await modelChanges.lackingMedia(spec, null, LACKING_AT_ONCE))];
  if (lacking.length > 0) {
    await fill([...new Set(lacking.map(({ objectId }) => objectId))]);
    return `At least ${lacking.length} passages or media lack vectors of "${model.name}", though all were looked at; they are being made.`;
  }
  const samples = await modelChanges.sampleEmbeddings(model.name, SAMPLES);
  for (const [tenantId, ofTenant] of Map.groupBy(samples, (sample) => sample.tenantId)) {
    const found = await deps.vectors.fetch(tenantId, { model: model.name, dimensions: model.dimensions }, ofTenant.map(({ id }) => id));
    const missing = ofTenant.filter(({ id }) => found.get(id)?.length !== model.dimensions).map(({ id }) => id);
    // Gone by now, with their objects.
    const there = missing.length === 0 ? [] : await deps.database.embeddings.findByIds(tenantId, missing);
    if (there.length > 0) return `The vector store does not yet have ${there.length} of ${ofTenant.length} vectors of "${model.name}" that were looked for.`;
  }
  return null;
}
