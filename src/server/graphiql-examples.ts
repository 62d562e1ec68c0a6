export interface Example {
  query: string;
  /** JSON text. */
  variables?: string;
}

const json = (value: unknown) => JSON.stringify(value, null, 2);

/** The tabs that GraphiQL opens with. They run as they are, on whatever data there is; a test holds them to the schema. */
export const EXAMPLES: Example[] = [
  {
    query: `# Find by meaning and by words at once, and see why each was found.
query Search($query: String!) {
  search(input: { query: $query, facets: [{ field: "type" }] }, first: 5) {
    totalCount
    warnings
    facets { field buckets { value count } }
    edges {
      score
      node { id type filename }
      explanation { vectorScore keywordScore model }
      matches { text highlights { start end } page startSeconds }
    }
  }
}
`,
    variables: json({ query: 'birds at the harbour in the morning' }),
  },
  {
    query: `# The same, only among pictures and documents that match a filter.
query FilteredSearch($filter: DataObjectFilter) {
  search(input: { query: "harbour", filter: $filter, alpha: 0.5 }, first: 5) {
    edges { score node { id type filename mimeType metadata } }
  }
}
`,
    variables: json({ filter: { types: ['IMAGE', 'DOCUMENT'], not: { fileSize: { lte: 1000 } } } }),
  },
  {
    query: `# Words alone: BM25, no vectors.
query Keywords {
  search(input: { query: "tide table", mode: KEYWORD }, first: 5) {
    edges { score node { filename } explanation { keywordScore } matches { text } }
  }
}
`,
  },
  {
    query: `# The newest objects, page by page: hand endCursor to \`after\`.
query Newest($after: String) {
  dataObjects(first: 10, after: $after, orderBy: { field: CREATED_AT, direction: DESC }) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { id type status filename mimeType fileSize createdAt }
  }
}
`,
    variables: json({ after: null }),
  },
  {
    query: `# Objects with what is known about them: one request, whatever their number.
query Details {
  dataObjects(first: 3, filter: { status: [READY] }) {
    nodes {
      id
      filename
      metadata
      downloadUrl(expiresIn: 600, disposition: INLINE) { url expiresAt }
      annotations(first: 5) { nodes { type annotatorId content confidence } }
      embeddings { modelName dimensions metadata }
      ingestion { status warnings }
    }
  }
}
`,
  },
  {
    query: `# What is like this picture, or sounds like this sound.
query Similar {
  dataObjects(first: 2, filter: { types: [IMAGE, AUDIO] }) {
    nodes {
      filename
      similar(first: 3) { edges { score node { id filename } } }
    }
  }
}
`,
  },
  {
    query: `# Take in a text; then watch it in the next tab.
mutation Ingest($input: IngestTextInput!) {
  ingestText(input: $input) {
    deduplicated
    dataObject { id status }
    ingestion { id stage progress }
  }
}
`,
    variables: json({ input: { text: 'The lighthouse keeper counted forty terns before breakfast.', filename: 'note.txt', metadata: { mood: 'calm' } } }),
  },
  {
    query: `# Every change of any object, as it happens. Leave it running, and change something in another tab.
subscription Changes {
  dataObjectChanged {
    cursor
    kind
    id
    version
    dataObject { filename status }
  }
}
`,
  },
  {
    query: `# One ingestion until its end: paste an id from the tab "Ingest".
subscription Progress($id: ID!) {
  ingestionProgress(ingestionId: $id) {
    status
    stage
    progress
    error { code message }
  }
}
`,
    variables: json({ id: 'ing_00000000000000000000000000' }),
  },
  {
    query: `# Say something about an object: paste an id. One result per input, each for itself.
mutation Annotate($input: [CreateAnnotationInput!]!) {
  createAnnotations(input: $input) {
    ... on Annotation { id annotatorId }
    ... on UserError { code message path }
  }
}
`,
    variables: json({
      input: [{ objectId: 'obj_00000000000000000000000000', type: 'CLASSIFICATION', content: { labels: [{ label: 'tern', score: 0.9 }] }, confidence: 0.9 }],
    }),
  },
  {
    query: `# Send a file: PUT the bytes to \`url\` with these headers, then completeUpload.
mutation Upload($input: CreateUploadInput!) {
  createUpload(input: $input) {
    deduplicated
    dataObject { id }
    upload { id partCount expiresAt url { url method headers { name value } } }
  }
}
`,
    variables: json({ input: { filename: 'picture.jpg', fileSize: 1024 } }),
  },
  {
    query: `# Compute over a set of objects, and keep the figures with their sources.
mutation Aggregate {
  createAggregation(input: { type: COUNT, filter: {} }) {
    id
    sourceCount
    result
  }
}
`,
  },
  {
    query: `# Which models turn content into vectors here.
query Models {
  embeddingModels { name modalities dimensions active available description setting }
}
`,
  },
];
