/** What commands need of the process; handed in by `main`, so that commands know nothing of how a server is made. */
export interface CommandContext {
  /** Throws a ConfigError whose message is fit to be read. */
  settings(options: SettingOptions): Settings;
  /** The resolved configuration as YAML, secrets masked. */
  describe(options: SettingOptions): string;
  /** The whole program, listening. Waits for a database that is away, as `work` does. */
  serve(options: SettingOptions, interrupted?: AbortSignal): Promise<ServerHandle>;
  /** Jobs without an API, until `stop`. */
  work(options: WorkOptions, interrupted?: AbortSignal): Promise<WorkerHandle>;
  /** The database's tables, brought up to date. Names of what was applied. */
  migrate(options: SettingOptions): Promise<{ applied: string[]; hasVector: boolean }>;
  /** Makes what an operator would have to make by hand: buckets and their rules. A sentence for each thing done. */
  mend(options: SettingOptions): Promise<string[]>;
  /** The settings of a vector store that is not answered from yet, secrets and all. */
  vectorStore(options: SettingOptions, provider: string): object;
  /** Unpacks a backup into the data folder, which must be new or empty. @param onBytes of the file, as it is read */
  restore(file: string, options: SettingOptions, onBytes: (done: number, total: number) => void): Promise<Restored>;
  /** The server that the environment names, as it is written, and the key for it; from nothing else. */
  client(): { server?: string; apiKey?: string };
  /** Where a running server has the data folder open; null where none has. */
  findServer(options: SettingOptions): Promise<{ url: string } | null>;
  /** A server in this process, on a free port of the loopback interface, for as long as a command needs it. */
  serveLocally(options: SettingOptions): Promise<ServerHandle & { apiKey: string }>;
  /** Checks every part. */
  diagnose(options: SettingOptions): Promise<Finding[]>;
  /** The models that are here, and those that could be. */
  listModels(options: SettingOptions): Promise<ListedModel[]>;
  /** Loads a model into this installation's models' folder. @throws a StrataError that says what is in the way, and what to do */
  pullModel(asked: PullAsked, options: SettingOptions, told: PullTold): Promise<PulledModel>;
  version: string;
}

export interface ListedModel {
  name: string;
  /** In a few words; null where nobody can tell. */
  for: string | null;
  dimensions: number | null;
  revision: string | null;
  /** active: new objects are embedded with it, or results are re-ranked by it; here: it can run; unusable: `fault` says why; absent: it is not here. */
  state: 'active' | 'here' | 'unusable' | 'absent';
  folder: string | null;
  licence: string | null;
  fault: string | null;
}

export interface PullAsked {
  /** `NAME`, `ORG/REPO` or either with `@REVISION` behind it. */
  source: string;
  /** Another name than its own. */
  as?: string;
  /** Which of a repository's weights. */
  weights?: string;
}

/** What is told while a model is loaded. */
export interface PullTold {
  signal: AbortSignal;
  onModel(model: { repository: string; commit: string; licence: string | null; licenceLink: string | null; bytes: number }): void;
  /** Bytes that are here of all. */
  onBytes(here: number): void;
  onWait(process: string): void;
}

export interface PulledModel {
  name: string;
  folder: string;
  /** Null for the one that comes with the program. */
  repository: string | null;
  already: boolean;
}

export interface Restored {
  createdAt: string;
  bytes: number;
  objects: number;
  pruned: number;
  /** Where the vectors lay that are not part of a backup. */
  vectorsElsewhere: string | null;
}

export interface SettingOptions {
  config?: string;
  dataDir?: string;
  port?: string;
  host?: string;
  /** False: the server takes no jobs. */
  jobs?: boolean;
}

/** Of a command that is a client of the API. */
export interface ClientOptions extends SettingOptions {
  /** The address of one that is up. */
  server?: string;
  /** The command needs the configuration wherever it goes. */
  readsConfig?: boolean;
}

export interface WorkOptions extends Omit<SettingOptions, 'port'> {
  /** Where health and figures are told. */
  port?: number;
  concurrency?: number;
  kinds?: readonly string[];
}

export interface Settings {
  apiKey?: string;
}

/** What goes on until it is stopped. */
export interface Lasting {
  /** Resolves when it has broken down by itself. */
  failed: Promise<Error>;
  /** From a signal to the end of the process: what is spent on telling balancers, and what work under way may take. */
  stopWithinSeconds: number;
  stop(): Promise<void>;
}

export interface ServerHandle extends Lasting {
  /** Of the GraphQL endpoint. */
  url: string;
}

export interface WorkerHandle extends Lasting {
  kinds: readonly string[];
  /** Where it says how it is; null where it was not asked to. */
  healthUrl: string | null;
}

export interface Finding {
  part: string;
  state: 'ok' | 'warning' | 'fault';
  /** What was found, in a sentence. */
  says: string;
  /** How to mend it. */
  mend?: string;
}
