/** What the main thread gives the embedded database's thread to start with. */
export interface EmbeddedWorkerData {
  /** PostgreSQL's data directory; made when it is not there. */
  databaseDir: string;
  /** A data directory of this very version to begin from, rather than initdb, which takes seconds. */
  templateDir: string | null;
  socketPath: string;
  maxConnections: number;
  /** Of a `ReadingCount`. */
  reading: SharedArrayBuffer;
}

export type EmbeddedRequest =
  | { kind: 'stop' }
  /** Write a consistent copy of the data directory there; answered by `copied` or `copyFailed`. */
  | { kind: 'copy'; id: number; target: string };

export type EmbeddedReport =
  /** Connections are accepted. */
  | { kind: 'ready' }
  /** It could not start, or broke down; the thread ends. */
  | { kind: 'failed'; message: string; stack?: string | undefined }
  /** A checkpoint or a VACUUM did not work; everything else goes on. */
  | { kind: 'upkeepFailed'; message: string }
  /** `heldMs`: how long nobody else had the session. */
  | { kind: 'copied'; id: number; heldMs: number }
  /** `code`: the operating system's or PostgreSQL's, where one of them refused. */
  | { kind: 'copyFailed'; id: number; message: string; code?: string | undefined }
  | { kind: 'stopped' };
