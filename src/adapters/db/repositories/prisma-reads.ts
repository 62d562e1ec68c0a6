import type { Aggregation, AggregationType, Json, JsonObject, UploadSession } from '../../../domain/model.js';
import type { SagaRecord, SagaStatus, SagaStepRecord } from '../../../ports/repositories/ledger.repository.port.js';
import { translateDatabaseError } from '../engine/sql-errors.js';
import type { Aggregation as AggregationRow, PrismaClient, Saga as SagaRow, UploadSession as UploadRow } from '../generated/client.js';

/**
 * Plain look-ups in one table through Prisma's client: one statement each, off the paths that are walked all the time. Never
 * within a transaction: the pool refuses them there, since they would run beside it.
 */
export class PrismaReads {
  /** @param client builds it at the first look-up, which costs about 150 ms, once */
  constructor(private readonly client: () => PrismaClient) {}

  async uploads(tenantId: string, ids: readonly string[]): Promise<UploadSession[]> {
    return (await this.ask((prisma) => prisma.uploadSession.findMany({ where: { tenantId, id: { in: [...ids] } } }))).map(toUpload);
  }

  async aggregations(tenantId: string, ids: readonly string[]): Promise<Aggregation[]> {
    // What was asked for may be long, and nobody is shown it.
    const omit = { sources: true } as const;
    return (await this.ask((prisma) => prisma.aggregation.findMany({ where: { tenantId, id: { in: [...ids] } }, omit }))).map(toAggregation);
  }

  /** Longest stuck first. */
  async stuckSagas(limit: number): Promise<(SagaRecord & { updatedAt: Date })[]> {
    const rows = await this.ask((prisma) => prisma.saga.findMany({ where: { status: 'STUCK' }, orderBy: { updatedAt: 'asc' }, take: limit }));
    return rows.map(toStuckSaga);
  }

  private async ask<T>(read: (prisma: PrismaClient) => Promise<T>): Promise<T> {
    try {
      return await read(this.client());
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }
}

/** The columns are text with a CHECK; Prisma knows them as strings. */
function toUpload({ fileSizeBytes, objectType, partSize, verifier: _verifier, verifierUntil: _until, ...row }: UploadRow): UploadSession {
  return {
    ...row,
    purpose: row.purpose as UploadSession['purpose'],
    status: row.status as UploadSession['status'],
    fileSize: Number(fileSizeBytes),
    type: objectType as UploadSession['type'],
    metadata: row.metadata as JsonObject,
    partSize: partSize === null ? null : Number(partSize),
    error: row.error as UploadSession['error'],
  };
}

function toAggregation({ aggregationType, ...row }: Omit<AggregationRow, 'sources'>): Aggregation {
  return { ...row, type: aggregationType as AggregationType, parameters: row.parameters as JsonObject, result: row.result as Json };
}

function toStuckSaga({ id, tenantId, kind, status, payload, steps, attempts, lastError, updatedAt }: SagaRow): SagaRecord & { updatedAt: Date } {
  return {
    id, tenantId, kind, status: status as SagaStatus, payload: payload as JsonObject, steps: steps as unknown as SagaStepRecord[], attempts, lastError, updatedAt,
  };
}
