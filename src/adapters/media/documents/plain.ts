import type { Extraction } from '../../../ports/media.port.js';
import { tooLarge, type ExtractContext } from '../extract-context.js';
import { countWords, readTextFile } from './text-file.js';

export async function extractPlainText(context: ExtractContext): Promise<Extraction> {
  const { text, encoding, warnings } = await readTextFile(context);
  if (text.length > context.limits.textCharacters) {
    throw tooLarge(`The text has ${text.length.toLocaleString('en')} characters; at most ${context.limits.textCharacters.toLocaleString('en')} are read. Split it into several.`);
  }
  return { text, pages: [], facts: { text: { encoding, characters: text.length, words: countWords(text) } }, warnings };
}
