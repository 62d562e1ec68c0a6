import { migratedTemplate } from './support/database.js';

/** Made before any test file asks for it, rather than by several of them at once. */
export async function setup(): Promise<void> {
  await migratedTemplate();
}
