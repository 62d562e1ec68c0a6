import { z } from 'zod';
import { contentMismatch, StrataError } from '../../../domain/errors.js';
import { isRepositoryPath } from './repository-path.js';

export interface HubOptions {
  /** Of the hub, without a slash at the end. */
  url: string;
  /** Sent to the hub alone, and not to where it redirects. */
  token?: string;
  /** Silence after which an answer is given up. */
  idleMs?: number;
}

export interface HubFile {
  /** Relative to the repository, with slashes; never one that leads out of it. */
  path: string;
  /** Bytes. */
  size: number;
  /** Of a file that is kept outside git: the SHA-256 of its bytes; of any other git's own: SHA-1 over `blob SIZE\0` and the bytes. */
  checksum: { algorithm: 'sha256' | 'git-sha1'; hex: string };
}

export interface HubModel {
  repository: string;
  /** The commit that the revision is now: what is loaded is of this one, whatever happens to the branch meanwhile. */
  commit: string;
  files: readonly HubFile[];
  /** As the model's card names it; null where it names none. */
  licence: string | null;
  licenceLink: string | null;
}

const IDLE_MS = 60_000;
const hex = (length: number) => z.string().regex(new RegExp(`^[0-9a-f]{${length}}$`));
const LISTING = z.object({
  sha: hex(40),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.int().min(0).nullish(),
      blobId: hex(40).nullish(),
      lfs: z.object({ sha256: hex(64).optional(), oid: hex(64).optional(), size: z.int().min(0) }).nullish(),
    }),
  ),
  cardData: z.looseObject({ license: z.union([z.string(), z.array(z.string())]).nullish(), license_name: z.string().nullish(), license_link: z.string().nullish() }).nullish().catch(null),
  tags: z.array(z.string()).nullish(),
});

/** A model hub over HTTP, as hubs of this kind are asked: a listing with checksums, and files by commit and path. */
export class HubClient {
  constructor(private readonly options: HubOptions) {}

  get host(): string {
    return new URL(this.options.url).host;
  }

  /** @throws StrataError with one sentence for whatever keeps the listing from being read */
  async model(repository: string, revision: string): Promise<HubModel> {
    const what = `${repository}@${revision}`;
    const { response, end } = await this.get(`/api/models/${repository}/revision/${encodeURIComponent(revision)}?blobs=true`, { accept: 'application/json' });
    try {
      if (!response.ok) throw this.refused(response, what);
      const parsed = LISTING.safeParse(await response.json().catch(() => null));
      if (!parsed.success) throw this.notTheHub(response, `the listing of ${what}`);
      const { sha, siblings, cardData, tags } = parsed.data;
      const [licence, licenceLink] = licenceOf(cardData ?? {}, tags ?? []);
      return { repository, commit: sha, files: siblings.flatMap(fileOf), licence, licenceLink };
    } catch (error) {
      throw this.told(error);
    } finally {
      end();
    }
  }

  /**
   * A file's bytes from an offset on. `from` is 0 in the answer where the hub sends all of it after all.
   * @param known the tag that the bytes before the offset came with
   * @param stopped when nobody wants them any longer
   */
  async *bytes({ repository, commit }: HubModel, { path, size }: HubFile, from: number, known: string | null, stopped: AbortSignal): AsyncGenerator<{ from: number; tag: string | null; chunk: Uint8Array }> {
    const asks = from === 0 ? {} : { range: `bytes=${from}-`, ...(known === null ? {} : { 'if-range': known }) };
    const address = path.split('/').map(encodeURIComponent).join('/');
    const { response, end, alive } = await this.get(`/${repository}/resolve/${commit}/${address}`, { ...asks, 'accept-encoding': 'identity' }, stopped);
    try {
      if (!response.ok) throw this.refused(response, `${path} of ${repository}`);
      const begins = response.status === 206 ? rangeStart(response.headers.get('content-range'), size) : 0;
      if (begins === null || (begins !== 0 && begins !== from)) throw this.notTheHub(response, path);
      if (isWebPage(response) && !/\.html?$/.test(path)) throw this.notTheHub(response, path);
      const tag = strongTag(response);
      // The first one even where there are no bytes, so that whoever writes knows where it begins.
      yield { from: begins, tag, chunk: new Uint8Array() };
      for await (const chunk of response.body ?? []) {
        alive();
        yield { from: begins, tag, chunk: chunk as Uint8Array };
      }
    } catch (error) {
      throw stopped.aborted ? stopped.reason : this.told(error);
    } finally {
      end();
    }
  }

  /** For an answer that ended before its file did. */
  cutOff(path: string): StrataError {
    return this.told(new Error(`${path} was broken off`)) as StrataError;
  }

  private async get(path: string, headers: Record<string, string>, stopped?: AbortSignal) {
    const idle = new AbortController();
    const { idleMs = IDLE_MS, token, url } = this.options;
    const timer = setTimeout(() => idle.abort(new Error(`no byte came for ${idleMs / 1_000} seconds`)), idleMs);
    const signal = stopped === undefined ? idle.signal : AbortSignal.any([idle.signal, stopped]);
    const end = () => {
      clearTimeout(timer);
      // Lets go of the connection where the answer was not read to its end.
      idle.abort();
    };
    try {
      // A redirect to another origin loses the authorisation, as the Fetch standard has it.
      const authorised = token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` };
      const response = await fetch(`${url}${path}`, { headers: authorised, signal, redirect: 'follow' });
      return { response, end, alive: () => timer.refresh() };
    } catch (error) {
      end();
      throw stopped?.aborted ? stopped.reason : this.told(error);
    }
  }

  private refused({ status }: Response, what: string): StrataError {
    const told = `The hub ${this.host} answers ${status} for ${what}`;
    const token = 'embedding.hub_token (STRATA_HUB_TOKEN)';
    if (status === 401) return new StrataError('UNAUTHENTICATED', `${told}: there is no such model, or it is shown to some alone. See that the name is right; for a private or gated one set ${token}.`);
    if (status === 403) return new StrataError('FORBIDDEN', `${told}: whoever the token of ${token} belongs to may not load it. Accept the model's terms on its page at the hub, or set the token of somebody who did.`);
    if (status === 404) return new StrataError('NOT_FOUND', `${told}: there is no such model, revision or file. See that ORG/REPO@REVISION is right.`);
    const passing = status === 429 || status >= 500;
    return new StrataError(passing ? 'DEPENDENCY_UNAVAILABLE' : 'CONFLICT', `${told}. ${passing ? 'Try again in a while; what was loaded is kept.' : 'See that embedding.hub_url is the address of a model hub.'}`, { extensions: { status } });
  }

  private notTheHub(response: Response, what: string): StrataError {
    const came = isWebPage(response) ? 'a web page' : 'something else';
    return contentMismatch(`${new URL(response.url).host} answered ${came} instead of ${what}. Is embedding.hub_url the address of a model hub, and does a proxy on the way want somebody to sign in?`);
  }

  private told(error: unknown): unknown {
    if (error instanceof StrataError) return error;
    const { code, message } = deepest(error);
    return new StrataError('DEPENDENCY_UNAVAILABLE', `The hub ${this.host} cannot be reached (${code ?? message}). What was loaded is kept; the same command goes on from there.`, { extensions: { dependency: 'hub' }, cause: error });
  }
}

/** None for what can be neither placed nor proven. */
function fileOf({ rfilename: path, size, blobId, lfs }: z.infer<typeof LISTING>['siblings'][number]): HubFile[] {
  if (!isRepositoryPath(path)) return [];
  const sha256 = lfs?.sha256 ?? lfs?.oid;
  if (lfs && sha256 !== undefined) return [{ path, size: lfs.size, checksum: { algorithm: 'sha256', hex: sha256 } }];
  return size != null && blobId != null ? [{ path, size, checksum: { algorithm: 'git-sha1', hex: blobId } }] : [];
}

function licenceOf(card: { license?: string | string[] | null; license_name?: string | null; license_link?: string | null }, tags: readonly string[]): [string | null, string | null] {
  const [named] = [card.license ?? tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length) ?? []].flat();
  return [named === 'other' ? (card.license_name ?? named) : (named ?? null), card.license_link ?? null];
}

const isWebPage = (response: Response) => (response.headers.get('content-type') ?? '').startsWith('text/html');

/** A weak one says that the meaning is the same, not the bytes. */
function strongTag({ headers }: Response): string | null {
  const tag = headers.get('etag');
  return tag === null || tag.startsWith('W/') ? null : tag;
}

function rangeStart(header: string | null, size: number): number | null {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header ?? '');
  return match === null || (match[2] !== '*' && Number(match[2]) !== size) ? null : Number(match[1]);
}

function deepest(error: unknown): { code?: string; message: string } {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? deepest(cause) : (error as { code?: string; message: string });
}
