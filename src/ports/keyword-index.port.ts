import type { ObjectFilter } from '../domain/filters.js';
import type { Transaction } from './database.port.js';

export interface KeywordDocument {
  passageId: string;
  /** The passage's number, unique in the database, rising. */
  ordinal: number;
  objectId: string;
  /** Already lower-cased, stemmed and without stop words, in order, repeats included. */
  terms: readonly string[];
}

export interface KeywordQuery {
  tenantId: string;
  /** Analysed the same way. */
  terms: readonly string[];
  /**
   * In step with `terms`: what a term's BM25 counts times; below 0 it lowers the score of what has the term. Each 1 where left out. What
   * comes to nothing or less is not found.
   */
  weights?: readonly number[];
  /** In step with `terms`: groups of words, numbered from 0; where given, hits tell `parts`. It changes nothing about what is found. */
  groups?: readonly number[];
  /** Objects: each counts by its best passage. */
  limit: number;
  filter: ObjectFilter | null;
  objectIds: readonly string[] | null;
  signal?: AbortSignal;
}

/** Of an object's passages, told besides its best. */
export const MOST_OTHER_PASSAGES = 2;

export interface KeywordHit {
  objectId: string;
  passageId: string;
  /** BM25, weighted; above 0. */
  score: number;
  /** The object's next best passages that were come by, falling by score; at most `MOST_OTHER_PASSAGES`. */
  others?: readonly { passageId: string; score: number }[];
  /** What each of the query's groups comes to in the score; their sum is the score. Left out by stores that cannot tell. */
  parts?: readonly number[];
}

export interface KeywordIndexCapabilities {
  filters: 'query' | 'ids';
  transactional: boolean;
}

/**
 * BM25 over passages: Σ idf(t) · tf · (k1 + 1) / (tf + k1 · (1 − b + b · length / average)), k1 1.2, b 0.75,
 * idf ln(1 + (N − n + ½)/(n + ½)); N, n and the average are those of the tenant's live passages.
 * A store with a BM25 of its own may count removed passages, which it does not find, until it merges its files: scores differ a
 * little meanwhile. That is no capability, since no search could do anything else because of it.
 * (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009; idf as in Lucene.)
 */
export interface KeywordIndex {
  readonly capabilities: KeywordIndexCapabilities;
  /** A passage is indexed once; to change one, remove it and index it under a new ordinal. */
  index(tenantId: string, documents: readonly KeywordDocument[], tx: Transaction | null): Promise<void>;
  /** Takes the passages out of every ranking and of the statistics. What is not there is no error. */
  remove(tenantId: string, passages: readonly { passageId: string; ordinal: number }[], tx: Transaction | null): Promise<void>;
  search(query: KeywordQuery): Promise<{ hits: KeywordHit[]; complete: boolean }>;
  /** Housekeeping: merges what many small writes left. Safe beside searches and writes, and safe to be killed. */
  optimize(signal?: AbortSignal): Promise<void>;
  check(): Promise<void>;
  close(): Promise<void>;
}
