import type { UploadSession } from '../../domain/model.js';

export interface UploadRepository {
  insert(session: UploadSession): Promise<void>;
  /** Uploads for queries that somebody has open. */
  openQueries(tenantId: string, createdBy: string): Promise<number>;
  find(tenantId: string, id: string): Promise<UploadSession | null>;
  findByIds(tenantId: string, ids: readonly string[]): Promise<UploadSession[]>;
  /** PENDING, or VERIFYING by one who vanished, becomes VERIFYING by `verifier`; null where another holds it or it has ended. */
  claim(tenantId: string, id: string, verifier: string, seconds: number): Promise<UploadSession | null>;
  extendClaim(id: string, verifier: string, seconds: number): Promise<boolean>;
  /** Ends a claim; false where it was no longer the caller's. */
  settle(
    id: string,
    verifier: string,
    change: Pick<UploadSession, 'status'> & Partial<Pick<UploadSession, 'objectId' | 'ingestionId' | 'deduplicated' | 'error'>>,
  ): Promise<boolean>;
  /** Why the last PUT of a PENDING session was refused; it stays PENDING, and the right bytes may still come. */
  noteRefusal(id: string, refusal: NonNullable<UploadSession['error']>): Promise<void>;
  /** PENDING becomes ABORTED; answers the session as it is afterwards. */
  abort(tenantId: string, id: string): Promise<UploadSession | null>;
  /** Claims of those who vanished end, and their sessions are PENDING again; `everyClaim`: at the start of a process that is alone. */
  releaseAbandoned(options: { everyClaim: boolean }): Promise<void>;
  /** Those of these sessions, of any tenant, that have not ended: what is staged for the others may go. */
  openAmong(ids: readonly string[]): Promise<string[]>;
  /** Ended sessions whose multipart upload the store may still hold. */
  endedMultiparts(limit: number): Promise<UploadSession[]>;
  /** The store has let go of their parts. */
  forgetMultiparts(ids: readonly string[]): Promise<void>;
  /** Sessions that ended long ago, and of which the store holds nothing. Answers how many went. */
  prune(keepSeconds: number): Promise<number>;
  /** PENDING sessions past their time become EXPIRED. */
  expire(limit: number): Promise<UploadSession[]>;
}
