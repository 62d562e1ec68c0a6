/** A note that something behind the scenes has yet to look at an object. */
export interface DueObject {
  tenantId: string;
  objectId: string;
  /** Settles this note alone, none that comes meanwhile. */
  noted: number;
}
