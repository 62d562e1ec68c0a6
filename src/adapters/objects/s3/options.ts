const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Our own keys begin so: no object's, and not listed. */
export const OWN_KEYS = '.strata/';
/** Always the same one, so that a bucket that keeps versions is the only one that grows by it. */
export const CHECK_KEY = `${OWN_KEYS}check`;
/** What S3 joins. */
export const MOST_PARTS = 10_000;

export interface S3StoreOptions {
  bucket: string;
  region: string;
  /** Whose settings these are, so that an error can name the setting. `s3` by default. */
  provider?: 's3' | 'minio';
  /** The region's own where it is left out. */
  endpoint?: string;
  /** How clients reach the store, where that is another address than this server's way to it: signed addresses begin with it. */
  publicEndpoint?: string;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. */
  forcePathStyle?: boolean;
  /** Both or neither; without them the SDK looks where it always looks: environment, profile, role of the machine. */
  accessKey?: string;
  secretKey?: string;
  serverSideEncryption?: 'AES256' | 'aws:kms';
  /** Where `localFile` puts its copies; the system's folder for such by default. */
  tempDir?: string;
  limits?: Partial<S3Limits>;
}

export interface S3Limits {
  /** Bytes; what is larger is copied in parts of `copyPart`, which no request waits long for. S3 itself demands it above 5 GiB. */
  copyAtOnce: number;
  copyPart: number;
  /** Bytes of a part of a stream; four are in memory at once. S3 takes 5 MiB or more. */
  streamPart: number;
  /** Milliseconds until there is a connection. */
  connect: number;
  /** Milliseconds for one try of what moves no bytes, and for all its tries together. */
  quick: { attempt: number; whole: number };
  /** The same for what moves or joins bytes. */
  slow: { attempt: number; whole: number };
  /** Milliseconds that a download may bring nothing while somebody waits for it. */
  stall: number;
  attempts: number;
}

export const S3_LIMITS: S3Limits = {
  copyAtOnce: GIB / 2,
  copyPart: GIB / 4,
  streamPart: 8 * MIB,
  connect: 3_000,
  quick: { attempt: 4_000, whole: 9_000 },
  slow: { attempt: 60_000, whole: 120_000 },
  stall: 20_000,
  attempts: 3,
};
