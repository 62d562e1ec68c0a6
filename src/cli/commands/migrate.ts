import type { CommandContext, SettingOptions } from '../context.js';

export async function migrate(context: CommandContext, options: SettingOptions): Promise<void> {
  const { applied, hasVector } = await context.migrate(options);
  const lines = applied.length === 0 ? ['The database is up to date.'] : applied.map((name) => `applied ${name}`);
  if (!hasVector) lines.push('The server has no pgvector: vectors need a store of their own (vector_database.provider).');
  process.stdout.write(`${lines.join('\n')}\n`);
}
