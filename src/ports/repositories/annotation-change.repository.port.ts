/** An object whose captions or transcripts have changed since their passages were made. */
export interface AnnotationChange {
  objectId: string;
  /** Of the newest change: whoever worked off an older one has to look again. */
  version: number;
}

/** What has yet to become passages: one row an object. */
export interface AnnotationChangeRepository {
  note(tenantId: string, objectIds: readonly string[]): Promise<void>;
  /** Takes those that nobody else works on, for so many seconds. */
  claim(tenantId: string, objectIds: readonly string[], seconds: number): Promise<AnnotationChange[]>;
  /** Those that have not changed again go; the others are free again. Answers the ids of those that went. */
  settle(tenantId: string, changes: readonly AnnotationChange[]): Promise<string[]>;
  /** The process gives up on them for now. */
  release(tenantId: string, objectIds: readonly string[]): Promise<void>;
  /** Those that have waited for so long that whoever was to see to them has failed or vanished; each is answered once in that time. */
  takeOverdue(seconds: number, limit: number): Promise<{ tenantId: string; objectId: string }[]>;
  /** At the start of a process that is alone on its data. */
  endClaims(): Promise<void>;
}
