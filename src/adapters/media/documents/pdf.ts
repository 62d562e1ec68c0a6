import { open, type FileHandle } from 'node:fs/promises';
import { getDocument, PDFDataRangeTransport, VerbosityLevel } from 'unpdf/pdfjs';
import type { JsonObject } from '../../../domain/model.js';
import type { Extraction } from '../../../ports/media.port.js';
import { damaged, encrypted, reason, tooLarge, type ExtractContext } from '../extract-context.js';
import { blocksOfPages, linesOfPage, type PageLine } from './pdf-structure.js';
import { countWords, statedFact } from './text-file.js';

type LoadingTask = ReturnType<typeof getDocument>;
type Pdf = Awaited<LoadingTask['promise']>;

const CHUNK = 256 * 1024;

/** A PDF's text, page by page. The file is read in the ranges that the parser asks for, never as a whole. */
export async function extractPdf(context: ExtractContext): Promise<Extraction> {
  const file = await open(context.path, 'r');
  const task = startLoading(file, context.fileSize);
  try {
    const pdf = await finishLoading(task);
    if (pdf.numPages > context.limits.pages) {
      throw tooLarge(`The document has ${pdf.numPages.toLocaleString('en')} pages; at most ${context.limits.pages.toLocaleString('en')} are read.`);
    }
    const { text, pages, blocks, unreadable } = await readPages(pdf, context);
    const document: JsonObject = { pages: pdf.numPages, ...(await readProperties(pdf)) };
    const warnings: string[] = [];
    if (unreadable > 0) warnings.push(`${unreadable} of ${pdf.numPages} pages could not be read.`);
    if (text === '') warnings.push('The document has no text layer; its pages are pictures.');
    const facts: JsonObject = { document, text: { encoding: 'utf-8', characters: text.length, words: countWords(text) } };
    return { text: text === '' ? null : text, pages, blocks, facts, warnings };
  } finally {
    await task.destroy();
    await file.close();
  }
}

function startLoading(file: FileHandle, fileSize: number): LoadingTask {
  return getDocument({
    range: new FileRanges(file, fileSize),
    rangeChunkSize: CHUNK,
    disableAutoFetch: true,
    disableStream: true,
    disableFontFace: true,
    useSystemFonts: false,
    verbosity: VerbosityLevel.ERRORS,
  });
}

async function finishLoading(task: LoadingTask): Promise<Pdf> {
  try {
    return await task.promise;
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException') {
      throw encrypted('The document is protected with a password. Save it without one.');
    }
    throw damaged(`The PDF cannot be opened: ${reason(error)}.`, error);
  }
}

class FileRanges extends PDFDataRangeTransport {
  constructor(
    private readonly file: FileHandle,
    private readonly size: number,
  ) {
    super(size, null);
  }

  override requestDataRange(begin: number, end: number): void {
    const buffer = new Uint8Array(Math.min(end, this.size) - begin);
    this.file.read(buffer, 0, buffer.length, begin).then(
      () => this.onDataRange(begin, buffer),
      // An empty answer ends the parser's wait; it then reports the file as damaged.
      () => this.onDataRange(begin, new Uint8Array(0)),
    );
  }
}

async function readPages(pdf: Pdf, { limits, report }: ExtractContext) {
  const parts: string[] = [];
  const pages: Extraction['pages'] = [];
  const looks: { start: number; lines: PageLine[] }[] = [];
  let length = 0;
  let unreadable = 0;
  let lastError: unknown;
  for (let number = 1; number <= pdf.numPages; number++) {
    try {
      const { text: page, lines } = await readPage(pdf, number);
      if (page !== '') {
        const start = length === 0 ? 0 : length + 2;
        pages.push({ page: number, start, end: start + page.length });
        parts.push(page);
        looks.push({ start, lines });
        length = start + page.length;
      }
    } catch (error) {
      unreadable++;
      lastError = error;
    }
    if (length > limits.textCharacters) {
      throw tooLarge(`The document has more than ${limits.textCharacters.toLocaleString('en')} characters of text. Split it into several.`);
    }
    report(number / pdf.numPages);
  }
  if (unreadable === pdf.numPages) throw damaged(`No page of the PDF can be read: ${reason(lastError)}.`, lastError);
  const text = parts.join('\n\n');
  return { text, pages, blocks: blocksOfPages(looks, text), unreadable };
}

async function readPage(pdf: Pdf, number: number): Promise<ReturnType<typeof linesOfPage>> {
  const page = await pdf.getPage(number);
  const { items } = await page.getTextContent();
  page.cleanup();
  return linesOfPage(items);
}

async function readProperties(pdf: Pdf): Promise<JsonObject> {
  const { info } = (await pdf.getMetadata().catch(() => ({ info: {} }))) as { info: Record<string, unknown> };
  const stated = { title: statedFact(info.Title), author: statedFact(info.Author), language: statedFact(info.Language) };
  return Object.fromEntries(Object.entries(stated).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
