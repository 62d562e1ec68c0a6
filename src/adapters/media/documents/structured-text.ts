import { tidyBlocks, type TextBlock } from '../../../domain/text-structure.js';
import { boundText } from './text-file.js';

export interface StructuredText {
  text: string;
  blocks: TextBlock[];
}

/** Both cut to the limit, with a warning. */
export function boundStructure({ text, blocks }: StructuredText, limit: number, warnings: string[]): StructuredText {
  if (text.length <= limit) return { text, blocks };
  const bound = boundText(text, limit, warnings);
  return { text: bound, blocks: tidyBlocks(blocks, bound) };
}
