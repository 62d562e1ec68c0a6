import type { DataType } from '../../domain/model.js';
import type { Extraction } from '../../ports/media.port.js';
import { extractCsv } from './documents/csv.js';
import { extractDocx } from './documents/docx.js';
import { extractHtml } from './documents/html.js';
import { extractJson } from './documents/json.js';
import { extractMarkdown } from './documents/markdown.js';
import { extractPdf } from './documents/pdf.js';
import { extractPlainText } from './documents/plain.js';
import { extractXml } from './documents/xml.js';
import { noContent, unsupported, type ExtractContext, type Extractor } from './extract-context.js';
import { extractVideo } from './films/video.js';
import { extractImage } from './images/image.js';
import { DOCX } from './sniff.js';
import { extractAudio } from './sounds/audio.js';

const DOCUMENTS: Readonly<Record<string, Extractor>> = {
  'application/pdf': extractPdf,
  [DOCX]: extractDocx,
  'text/html': extractHtml,
  'text/markdown': extractMarkdown,
  'text/csv': extractCsv,
  'text/tab-separated-values': extractCsv,
  'application/json': extractJson,
  'application/x-ndjson': extractJson,
  'application/xml': extractXml,
  'image/svg+xml': extractXml,
};

/** A new format is one file with an extractor and one line here and in `sniff.ts`. */
export async function extract(type: DataType, context: ExtractContext): Promise<Extraction> {
  if (context.fileSize === 0) throw noContent('The file is empty.');
  switch (type) {
    case 'TEXT':
      return extractPlainText(context);
    case 'IMAGE':
      return extractImage(context);
    case 'AUDIO':
      return extractAudio(context);
    case 'VIDEO':
      return extractVideo(context);
    case 'DOCUMENT': {
      const extractor = DOCUMENTS[context.mimeType];
      if (extractor === undefined) throw unsupported(`Documents of the type ${context.mimeType} are not read.`);
      return extractor(context);
    }
  }
}
