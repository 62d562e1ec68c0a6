/** These run as they are, on whatever data there is. What they can be told has a default, so that nothing need be typed first. */
const RUN_AS_THEY_ARE = `# Click Run and choose one of these by its name,
# or put the cursor into one and press Ctrl-Enter.
# What an operation can be told stands in its first lines.

# Find by meaning and by words at once,
# and see why each was found.
query Search(
  $query: String! = "birds at the harbour in the morning"
) {
  search(
    input: { query: $query, facets: [{ field: "type" }] }
    first: 5
  ) {
    totalCount
    warnings
    edges {
      score
      node { id type filename }
      explanation { vectorScore keywordScore model }
      matches {
        text page startSeconds
        highlights { start end }
      }
    }
    facets { field buckets { value count } }
  }
}

# The same, only among pictures and documents
# of more than 1,000 bytes. 0 is words, 1 is meaning.
query FilteredSearch(
  $query: String! = "harbour"
  $filter: DataObjectFilter = {
    types: [IMAGE, DOCUMENT]
    not: { fileSize: { lte: 1000 } }
  }
  $alpha: Float = 0.5
) {
  search(
    first: 5
    input: { query: $query, filter: $filter, alpha: $alpha }
  ) {
    edges {
      score
      node { id type filename mimeType fileSize metadata }
    }
  }
}

# Several things at once: what weighs below 0
# pushes away. Of what is alike, one comes first.
query WeightedSearch(
  $terms: [SearchTermInput!] = [
    { query: "lighthouse" }
    { query: "storm", weight: 0.5 }
    { query: "night", weight: -0.7 }
  ]
  $diversity: Float = 0.3
) {
  search(
    first: 5
    input: { terms: $terms, diversity: $diversity }
  ) {
    warnings
    edges {
      score
      node { id type filename }
      explanation {
        fusedScore keywordScore spaces { model score rank }
      }
    }
  }
}

# Words alone: BM25, no vectors.
query Keywords($query: String! = "tide table") {
  search(
    input: { query: $query, mode: KEYWORD }
    first: 5
  ) {
    edges {
      node { filename }
      explanation { keywordScore }
      matches { text }
    }
  }
}

# What looks like the newest pictures,
# and sounds like the newest sounds.
query Similar {
  dataObjects(
    first: 3
    filter: { types: [IMAGE, AUDIO], status: [READY] }
  ) {
    nodes {
      filename
      similar(first: 3) {
        edges { score node { id filename } }
      }
    }
  }
}

# What is there more than once, in whatever degree,
# and which of it to keep.
query Duplicates($tier: [DuplicateTier!] = null) {
  duplicateGroups(first: 5, tier: $tier) {
    totalCount
    nodes {
      tier similarity count
      keep { id filename }
      objects { id filename fileSize }
    }
  }
}

# Searches that are kept: dataObjectChanged tells what
# they find, as soon as it is there.
query SavedSearches {
  savedSearches(first: 5) {
    nodes {
      id name input
      results(first: 3) { nodes { id filename } }
    }
  }
}

# Keep a search.
mutation SaveSearch(
  $input: CreateSavedSearchInput! = {
    name: "terns"
    search: { query: "terns", minVectorScore: 0.4 }
  }
) {
  createSavedSearch(input: $input) { id name }
}

# The newest objects, page by page:
# hand endCursor to \`after\`.
query Newest($after: String) {
  dataObjects(
    first: 10
    after: $after
    orderBy: { field: CREATED_AT, direction: DESC }
  ) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id type status filename
      mimeType fileSize createdAt
    }
  }
}

# What is known about objects, and where their bytes
# are: one request, whatever their number.
query Details {
  dataObjects(first: 3, filter: { status: [READY] }) {
    nodes {
      id filename metadata
      downloadUrl(expiresIn: 600) { url expiresAt }
      annotations(first: 5) {
        nodes { type annotatorId content confidence }
      }
      embeddings { modelName dimensions metadata }
      ingestion { status warnings }
    }
  }
}

# Every change of any object, as it happens.
# Leave it running, and run Ingest in a second window
# of the browser, or "strata ingest" in a shell.
subscription Changes {
  dataObjectChanged {
    cursor kind id version
    savedSearches { score savedSearch { name } }
    dataObject {
      filename
      status
      ingestion { stage progress }
    }
  }
}

# Take in a text. The same text again is answered with
# the object that has it: change a word for a new one.
mutation Ingest(
  $input: IngestTextInput! = {
    text: "The keeper counted forty terns before breakfast."
    filename: "note.txt"
    metadata: { mood: "calm" }
  }
) {
  ingestText(input: $input) {
    deduplicated
    dataObject { id status }
    ingestion { id stage progress }
  }
}

# What was taken in last, how far it is,
# and what was wrong with it.
query Ingestions {
  ingestions(first: 5) {
    totalCount
    nodes {
      id status stage progress warnings
      error { code message }
      object { id filename }
    }
  }
}

# Begin to send a file: PUT its bytes to \`url\`
# with these headers, then call completeUpload.
mutation Upload(
  $input: CreateUploadInput! = {
    filename: "picture.jpg"
    fileSize: 1024
  }
) {
  createUpload(input: $input) {
    deduplicated
    dataObject { id }
    upload {
      id partCount expiresAt
      url { url method headers { name value } }
    }
  }
}

# Compute over a set of objects,
# and keep the figures with their sources.
mutation Aggregate($filter: DataObjectFilter = {}) {
  createAggregation(
    input: { type: COUNT, filter: $filter }
  ) {
    id
    sourceCount
    result
  }
}

# Which models turn content into vectors here.
query Models {
  embeddingModels {
    name modalities dimensions active available
    description setting
  }
}

# How far a change from one model to another has come;
# null where none was begun. For admins.
query ModelChange {
  modelChange {
    from to phase total done failed problem
  }
}
`;

/** Those that are about one thing need its id first, and would fail without. */
export const EXAMPLES_FOR_AN_ID = `# One ingestion, step by step until its end.
# The id is in the answer of Ingest and of Ingestions.
subscription Progress(
  $id: ID! = "ing_00000000000000000000000000"
) {
  ingestionProgress(ingestionId: $id) {
    status stage progress
    error { code message }
  }
}

# What lies by the liked and away from the disliked.
query Recommend(
  $liked: [ID!]! = ["obj_00000000000000000000000000"]
  $disliked: [ID!] = []
) {
  recommend(
    input: { liked: $liked, disliked: $disliked }
    first: 5
  ) {
    warnings
    edges { score node { id type filename } }
  }
}

# One object in place of several: people's annotations
# move to it, and the others go to the bin.
# The ids are in the answer of Duplicates.
mutation MergeDuplicates(
  $input: MergeDuplicatesInput! = {
    keep: "obj_00000000000000000000000000"
    merge: ["obj_00000000000000000000000001"]
  }
) {
  mergeDuplicates(input: $input) {
    dataObject { id version metadata }
    merged annotationsMoved annotationsLeft warnings
  }
}

# What is like a file of yours that is no object here:
# createUpload with purpose: QUERY, PUT its bytes, its id.
query SearchByFile(
  $uploadId: ID! = "upl_00000000000000000000000000"
) {
  search(input: { uploadId: $uploadId }, first: 5) {
    warnings
    edges { score node { id type filename } }
  }
}

# Say something about an object; one result per input,
# each for itself. The id is in the answer of Newest.
mutation Annotate(
  $input: [CreateAnnotationInput!]! = [
    {
      objectId: "obj_00000000000000000000000000"
      type: CLASSIFICATION
      content: { labels: [{ label: "tern", score: 0.9 }] }
      confidence: 0.9
    }
  ]
) {
  createAnnotations(input: $input) {
    ... on Annotation { id annotatorId }
    ... on UserError { code message path }
  }
}
`;

const commented = (text: string) => text.replace(/^.*$/gm, (line) => (line === '' ? '' : `# ${line}`));

/**
 * What GraphiQL opens with: one document whose operations the Run button offers by name. Tabs would do as well, but more than two of
 * them cannot be switched by mouse in @graphql-yoga/render-graphiql 5.24.1. Once edited, the document is part of the page's address,
 * so it has to stay well below the 16 KiB that Node takes as headers. Its lines are no longer than the editor shows at 1440 px.
 */
export const EXAMPLES = `${RUN_AS_THEY_ARE}
## These want ids of yours. Select one's lines, take their
## marks away by Ctrl-/, put the ids in, and run.

${commented(EXAMPLES_FOR_AN_ID)}`;
