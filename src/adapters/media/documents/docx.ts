import { readFile } from 'node:fs/promises';
import JSZip from 'jszip';
import mammoth from 'mammoth';
import { Parser } from 'htmlparser2';
import type { JsonObject } from '../../../domain/model.js';
import type { Extraction } from '../../../ports/media.port.js';
import { damaged, encrypted, formatBytes, reason, tooLarge, type ExtractContext } from '../extract-context.js';
import { textOfHtml } from './html-text.js';
import { boundStructure, type StructuredText } from './structured-text.js';
import { countWords, statedFact } from './text-file.js';

const STYLES = ["p[style-name='Title'] => h1.title:fresh", "p[style-name='Subtitle'] => p:fresh"];
/** Their descriptions are kept. */
const NO_PICTURE = mammoth.images.imgElement(() => Promise.resolve({ src: '' }));
const OLE_MAGIC = Buffer.from('d0cf11e0a1b11ae1', 'hex');

export async function extractDocx(context: ExtractContext): Promise<Extraction> {
  const { path, fileSize, limits } = context;
  if (fileSize > limits.documentBytes) {
    throw tooLarge(`The document has ${formatBytes(fileSize)}; at most ${formatBytes(limits.documentBytes)} are read.`);
  }
  const buffer = await readFile(path);
  if (buffer.subarray(0, 8).equals(OLE_MAGIC)) {
    if (!buffer.includes(Buffer.from('EncryptedPackage', 'utf16le'))) throw damaged('The document is no DOCX but an older Office file.');
    throw encrypted('The document is protected with a password. Save it without one.');
  }
  const zip = await openZip(buffer);
  await checkUnpackedSize(zip, limits.unpackedBytes);
  context.report(0.3);
  const warnings: string[] = [];
  const { text, blocks } = boundStructure(await readBody(buffer), limits.textCharacters, warnings);
  const document = await readProperties(zip);
  if (text === '') warnings.push('The document holds no text.');
  return { text: text === '' ? null : text, pages: [], blocks, facts: { document, text: { encoding: 'utf-8', characters: text.length, words: countWords(text) } }, warnings };
}

async function openZip(buffer: Buffer): Promise<JSZip> {
  try {
    return await JSZip.loadAsync(buffer);
  } catch (error) {
    throw damaged(`The document's archive cannot be opened: ${reason(error)}.`, error);
  }
}

/**
 * Unpacks the XML parts once, counting and keeping nothing, before anything is built from them: the sizes that an archive
 * states are not to be believed. Pictures are never unpacked.
 */
async function checkUnpackedSize(zip: JSZip, limit: number): Promise<void> {
  let total = 0;
  for (const file of Object.values(zip.files)) {
    if (file.dir || !/\.(xml|rels)$/i.test(file.name)) continue;
    await new Promise<void>((resolve, reject) => {
      // nodeStream reads on demand, so destroying it stops the unpacking.
      const stream = file.nodeStream();
      stream.on('data', (chunk: Buffer) => {
        total += chunk.length;
        if (total <= limit) return;
        stream.pause();
        reject(tooLarge(`The document unpacks to more than ${formatBytes(limit)} of text markup.`));
      });
      stream.on('error', (error: Error) => reject(damaged(`A part of the document cannot be unpacked: ${reason(error)}.`, error)));
      stream.on('end', () => resolve());
    });
  }
}

/** By way of markup: it knows headings by their styles, lists by their numbering, and tables. */
async function readBody(buffer: Buffer): Promise<StructuredText> {
  try {
    const { value } = await mammoth.convertToHtml({ buffer }, { styleMap: STYLES, convertImage: NO_PICTURE });
    return textOfHtml(value);
  } catch (error) {
    // The stack's end: nested too deeply, which is told apart from damage further up.
    if (error instanceof RangeError) throw error;
    throw damaged(`The document cannot be read: ${reason(error)}.`, error);
  }
}

/** Title, author and language of `docProps/core.xml` (Dublin Core). */
async function readProperties(zip: JSZip): Promise<JsonObject> {
  const xml = await zip.file('docProps/core.xml')?.async('string');
  const names: Readonly<Record<string, string>> = { 'dc:title': 'title', 'dc:creator': 'author', 'dc:language': 'language' };
  const properties: JsonObject = {};
  let key: string | undefined;
  let value = '';
  const parser = new Parser(
    {
      onopentag(name) {
        key = names[name];
        value = '';
      },
      ontext(text) {
        if (key !== undefined) value += text;
      },
      onclosetag() {
        const fact = statedFact(value);
        if (key !== undefined && fact !== undefined) properties[key] = fact;
        key = undefined;
      },
    },
    { xmlMode: true },
  );
  parser.end(xml ?? '');
  return properties;
}
