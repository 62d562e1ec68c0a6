import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { all, ask, cleanUp, overWebSocket, serve, temporaryFolder } from './support/strata.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const executablePath = process.env.STRATA_TEST_CHROMIUM ?? '/usr/bin/chromium';
/** It is to ask for nothing on its own behalf either. */
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const INGEST = 'mutation ($text: String!) { ingestText(input: { text: $text, filename: "harbour.txt" }) { ingestion { id } } }';
const PROGRESS = 'subscription ($id: ID!) { ingestionProgress(ingestionId: $id) { status } }';
async function ingest(url: string, text: string): Promise<void> {
  const { ingestText } = await ask(url, INGEST, { text });
  await all(overWebSocket(url, PROGRESS, { id: ingestText.ingestion.id }));
}

const run = (page: Page) => page.locator('.graphiql-execute-button');
/** As somebody does who has a mouse only. */
async function choose(page: Page, name: string): Promise<void> {
  await run(page).click();
  await page.getByRole('menuitem', { name, exact: true }).click();
}
/** The editors write no-break spaces. */
const contains = (page: Page, part: string, text: string) =>
  page.waitForFunction(([selector, wanted]) => document.querySelector(selector!)?.textContent?.replaceAll('\u00a0', ' ').includes(wanted!), [part, text]);
const shows = (page: Page, text: string) => contains(page, '.graphiql-response', text);
async function reload(page: Page): Promise<void> {
  const response = await page.reload();
  expect([response?.status(), response?.headers()['content-type']]).toEqual([200, expect.stringContaining('text/html')]);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
}

describe.skipIf(!existsSync(executablePath))('GraphiQL in a real browser', () => {
  let url: string;
  let browser: Browser;
  let page: Page;
  /** Addresses of every request of the page. */
  const requests: string[] = [];
  const failures: string[] = [];

  beforeAll(async () => {
    [{ url }, browser] = await Promise.all([serve(join(temporaryFolder(), 'data')), chromium.launch({ executablePath, args })]);
    await ingest(url, 'In the morning the birds settle on the harbour wall.');
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => failures.push(error.message));
    await page.goto(url);
  });
  afterAll(async () => {
    await browser?.close();
    await cleanUp();
  });

  it('runs the first example by two clicks', async () => {
    await choose(page, 'Search');
    await shows(page, '"filename": "harbour.txt"');
    // Every name of the menu is there without scrolling.
    await run(page).click();
    const menu = page.getByRole('menu');
    expect(await menu.getByRole('menuitem').count()).toBeGreaterThanOrEqual(12);
    expect(await menu.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)).toBeLessThanOrEqual(0);
    await page.keyboard.press('Escape');
  });

  it('shows the events of a subscription, until it is stopped', async () => {
    const opened = page.waitForResponse((response) => response.url().includes('dataObjectChanged'));
    await choose(page, 'Changes');
    await opened;
    await ingest(url, 'A ferry calls at noon.');
    await shows(page, '"dataObjectChanged"');
    await run(page).click();
  });

  it('is the same page after it was loaded again, with what was typed and no tab more', async () => {
    await reload(page);
    expect(await page.locator('.graphiql-tab').count()).toBe(1);
    await page.locator('.graphiql-query-editor .view-line').first().click();
    await page.keyboard.type('# mine');
    await page.waitForURL((address) => address.searchParams.get('query')?.includes('# mine') ?? false);
    await reload(page);
    await contains(page, '.graphiql-query-editor', '# mine');
    await choose(page, 'Models');
    await shows(page, '"embeddingModels"');
  });

  it('asks no other origin for anything, and nothing in it breaks', () => {
    const { origin } = new URL(url);
    expect(requests.length).toBeGreaterThan(3);
    expect(requests.filter((address) => !/^(data|blob):/.test(address) && new URL(address).origin !== origin)).toEqual([]);
    expect(failures).toEqual([]);
  });
});
