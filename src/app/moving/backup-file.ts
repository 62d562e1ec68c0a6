/** The layout of a backup. Raised when an older program could not restore what a newer one wrote. */
export const BACKUP_FORMAT = 1;

/** The first entry, and the last. */
export const BACKUP_HEAD = 'strata-backup.json';
export const BACKUP_SEAL = 'strata-backup-end.json';

/** Entries below these, and these files, are what a backup holds. */
export const DATABASE = 'database/';
export const OBJECTS = 'objects/';
export const KEPT_FILES = ['strata.json', 'signing-secret'];
/** In the data folder, where pulled models lie, perhaps before anything else does; no backup has them. */
export const MODELS = 'models';

export interface BackupHead {
  format: number;
  /** The program's. */
  version: string;
  dataFormat: number;
  createdAt: string;
  /** Milliseconds for which requests had to wait for the database. */
  heldMs: number;
}

/** Where everything lies in this folder while it is copied; what a crash left of it goes with the next backup. */
export const BACKUP_FOLDER = 'backup.tmp';
