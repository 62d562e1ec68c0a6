import type { DataType } from '../../domain/model.js';
import type { Extraction } from '../../ports/media.port.js';
import { noContent, unsupported, type ExtractContext, type Extractor } from './extract-context.js';
import { DOCX } from './media-types.js';

/** Loaded when first needed: a process that meets pictures only never holds a PDF parser. */
type Load = () => Promise<Extractor>;

const csv: Load = async () => (await import('./documents/csv.js')).extractCsv;
const json: Load = async () => (await import('./documents/json.js')).extractJson;
const xml: Load = async () => (await import('./documents/xml.js')).extractXml;

const DOCUMENTS: Readonly<Record<string, Load>> = {
  'application/pdf': async () => (await import('./documents/pdf.js')).extractPdf,
  [DOCX]: async () => (await import('./documents/docx.js')).extractDocx,
  'text/html': async () => (await import('./documents/html.js')).extractHtml,
  'text/markdown': async () => (await import('./documents/markdown.js')).extractMarkdown,
  'text/csv': csv,
  'text/tab-separated-values': csv,
  'application/json': json,
  'application/x-ndjson': json,
  'application/xml': xml,
  'image/svg+xml': xml,
};

const OTHERS: Readonly<Record<Exclude<DataType, 'DOCUMENT'>, Load>> = {
  TEXT: async () => (await import('./documents/plain.js')).extractPlainText,
  IMAGE: async () => (await import('./images/image.js')).extractImage,
  AUDIO: async () => (await import('./sounds/audio.js')).extractAudio,
  VIDEO: async () => (await import('./films/video.js')).extractVideo,
};

/** A new format is one file with an extractor and one line here and in `sniff.ts`. */
export async function extract(type: DataType, context: ExtractContext): Promise<Extraction> {
  if (context.fileSize === 0) throw noContent('The file is empty.');
  const load = type === 'DOCUMENT' ? DOCUMENTS[context.mimeType] : OTHERS[type];
  if (load === undefined) throw unsupported(`Documents of the type ${context.mimeType} are not read.`);
  return (await load())(context);
}
