/** A fenced block of a page of documentation. */
export interface Block {
  /** Behind the fence: `sh run`, `graphql`. */
  kind: string;
  text: string;
}

export const blocksOf = (page: string): Block[] => [...page.matchAll(/^```(\S.*)\n([^]*?)^```$/gm)].map(([, kind, text]) => ({ kind: kind!, text: text! }));

export interface Command {
  command: string;
  /** What the page says that it prints; null where it does not say. */
  output: string | null;
}

/** The commands that a reader is to run, each with the `text` that follows it. */
export const commandsOf = (blocks: readonly Block[]): Command[] =>
  blocks.flatMap((block, index) => {
    if (block.kind !== 'sh run') return [];
    const next = blocks[index + 1];
    return [{ command: block.text, output: next?.kind === 'text' ? next.text : null }];
  });

/** What differs from one run to the next: ids, and the last digits of scores from one processor to the next. */
const evened = (text: string) =>
  text
    .replace(/\b(obj|upl|ing)_[0-9a-hjkmnp-tv-z]{26}\b/g, '$1_#')
    .replace(/\b[01]\.\d{3}\b/g, '#.###')
    .replace(/[ \t]+$/gm, '');

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** What was printed, in the form that `pattern` matches. */
export const printed = (text: string) => `${evened(text).trimEnd()}\n`;

/** "…" stands for anything within a line, and a line of its own for any lines. */
export function pattern(expected: string): RegExp {
  const lines = evened(expected).trimEnd().split('\n');
  const quoted = lines.map((line) => (line === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(literal).join('.*')}\\n`));
  return new RegExp(`^${quoted.join('')}$`);
}

/** Between the outputs of two commands. */
const MARK = '--- next ---';

/** All commands as one script for one shell, which is how a reader types them. */
export const scriptOf = (commands: readonly Command[]) => commands.map(({ command }) => `${command}echo '${MARK}'\n`).join('');

/** What `scriptOf`'s script printed, command by command. */
export const outputsOf = (stdout: string) => stdout.split(`${MARK}\n`);
