import { stringify } from 'yaml';
import type { ObjectDetailsQuery } from '../generated/graphql.js';
import { readableSize, wrap, type Colours } from './terminal.js';

type ObjectDetails = NonNullable<ObjectDetailsQuery['dataObject']>;
type Annotation = ObjectDetails['annotations']['nodes'][number];

const COLUMN = 16;

/** One object for people. What may be copied, ids and addresses, is never broken. */
export function objectLines(object: ObjectDetails, width: number, colours: Colours): string[] {
  const entry = (name: string, lines: readonly string[]) =>
    lines.map((line, index) => `  ${colours.dim((index === 0 ? name : '').padEnd(COLUMN))}${line}`);
  const space = width - COLUMN - 2;
  const { ingestion, annotations, embeddings, metadata } = object;
  const isEmpty = Object.keys(metadata as object).length === 0;
  const hidden = (annotations.totalCount ?? 0) - annotations.nodes.length;
  return [
    colours.bold(object.filename ?? '(no name)'),
    ...entry('id', [object.id]),
    ...entry('type', [`${object.type}, ${object.mimeType}, ${readableSize(object.fileSize)}`]),
    ...entry('status', wrap(`${object.isDeleted ? 'in the bin, ' : ''}${object.status}${ingestionOf(ingestion)}`, space)),
    ...(ingestion?.warnings ?? []).flatMap((warning) => entry('warning', wrap(warning, space))),
    ...entry('version', [`${object.version}, changed ${object.updatedAt}, created ${object.createdAt}`]),
    ...entry('content', [`sha256 ${object.contentHash}`]),
    ...entry('stored at', [`${object.storageLocation} (${object.storageTier})`]),
    ...(isEmpty ? [] : entry('metadata', stringify(metadata, { lineWidth: Math.max(20, space), flowCollectionPadding: false }).trimEnd().split('\n'))),
    ...annotations.nodes.flatMap((annotation) => entry(annotation.type.toLowerCase(), wrap(`${contentOf(annotation)} (${annotation.annotatorId})`, space))),
    ...(hidden > 0 ? entry('', [`and ${hidden} more annotations`]) : []),
    ...entry('vectors', [countedByModel(embeddings)]),
    ...(object.downloadUrl ? entry('download', [object.downloadUrl.url]) : []),
  ];
}

function ingestionOf(ingestion: ObjectDetails['ingestion']): string {
  if (!ingestion || ingestion.status === 'SUCCEEDED') return '';
  const error = ingestion.error ? `, ${ingestion.error.code}: ${ingestion.error.message}` : '';
  return ` (ingestion ${ingestion.status} at ${ingestion.stage}${error})`;
}

/** What the content of each kind says in short; anything else as JSON. */
function contentOf({ content, confidence }: Annotation): string {
  const { labels, text, entities } = content as { labels?: { label: string }[]; text?: string; entities?: { text: string; type: string }[] };
  const said =
    text ?? labels?.map(({ label }) => label).join(', ') ?? entities?.map((entity) => `${entity.text} [${entity.type}]`).join(', ') ?? JSON.stringify(content);
  return confidence == null ? said : `${said}, confidence ${confidence}`;
}

function countedByModel(embeddings: ObjectDetails['embeddings']): string {
  const counts = new Map<string, number>();
  for (const { modelName, dimensions } of embeddings) {
    const name = `${modelName} (${dimensions} dimensions)`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts.size === 0 ? 'none' : [...counts].map(([name, count]) => `${count} of ${name}`).join(', ');
}
