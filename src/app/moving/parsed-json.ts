import { badInput } from '../../domain/errors.js';

/** @param what at the beginning of the sentence that refuses it. @throws BAD_USER_INPUT */
export function parsedJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badInput(`${what} is no JSON: ${(error as Error).message}`);
  }
}
