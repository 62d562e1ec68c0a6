/** A database of a Chroma server that nobody else uses. @param name a new one */
export async function freshChromaDatabase(url: string, name: string): Promise<{ remove(): Promise<void> }> {
  const databases = `${url}/api/v2/tenants/default_tenant/databases`;
  const made = await fetch(databases, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name }) });
  if (!made.ok) throw new Error(`Chroma makes no database: ${made.status} ${await made.text()}`);
  return { remove: async () => void (await fetch(`${databases}/${name}`, { method: 'DELETE' })) };
}
