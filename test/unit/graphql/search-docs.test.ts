import { readFileSync } from 'node:fs';
import { buildASTSchema, parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { settingsSchema } from '../../../src/config/schema.js';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const blocksOf = (kind: string) => [...read('docs/search.md').matchAll(new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\``, 'gm'))].map(([, text]) => text!);

it('docs/search.md shows operations and settings that there are', () => {
  const schema = buildASTSchema(parse(read('schema.graphql')), { assumeValidSDL: true });
  expect(blocksOf('graphql')).not.toEqual([]);
  for (const operation of blocksOf('graphql')) expect(validate(schema, parse(operation)), operation).toEqual([]);
  expect(blocksOf('yaml')).not.toEqual([]);
  for (const settings of blocksOf('yaml')) expect(settingsSchema.safeParse(parseYaml(settings)).error).toBeUndefined();
});
