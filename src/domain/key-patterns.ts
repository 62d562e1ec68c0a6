declare const pattern: unique symbol;

/**
 * What a key as a whole is to look like. `*` stands for any characters, also for none; `\` makes the character behind it plain;
 * everything else stands for itself, `?` and `[` too. It is a type of its own so that no key, which may hold any of these, is
 * taken for one: write them as `` keyPattern`search:${tenantId}:*` ``.
 */
export type KeyPattern = string & { readonly [pattern]: true };

/** The text of the template is a pattern, with `\` as it is typed; what is put into it is plain. */
export function keyPattern({ raw }: TemplateStringsArray, ...texts: readonly string[]): KeyPattern {
  return raw.reduce((before, written, index) => before + texts[index - 1]!.replace(/[\\*]/g, '\\$&') + written) as KeyPattern;
}

/** The plain texts around the `*`: one more than there are. */
export function plainParts(pattern: KeyPattern): string[] {
  const parts = [''];
  for (const [, escaped, plain] of pattern.matchAll(/\\([^])|\*|([^\\*]+|\\)/g)) {
    const text = escaped ?? plain;
    if (text === undefined) parts.push('');
    else parts[parts.length - 1] += text;
  }
  return parts;
}

/** Takes time in proportion to the key, whatever the pattern. */
export function keysLike(pattern: KeyPattern): (key: string) => boolean {
  const parts = plainParts(pattern);
  if (parts.length === 1) return (key) => key === parts[0];
  const [beginning, between, end] = [parts[0]!, parts.slice(1, -1), parts.at(-1)!];
  return (key) => {
    const last = key.length - end.length;
    let from = beginning.length;
    if (from > last || !key.startsWith(beginning) || !key.endsWith(end)) return false;
    for (const part of between) {
      // The first place leaves most to the rest.
      const found = key.indexOf(part, from);
      if (found === -1 || found + part.length > last) return false;
      from = found + part.length;
    }
    return true;
  };
}
