import type { AnnotationType, JsonObject } from '../../domain/model.js';

/** Finds something out about a text, without a model and without I/O: the same text always gets the same answer. */
export interface TextAnnotator {
  /** `system:<name>@<version>` is the annotator of what it finds. */
  name: string;
  version: number;
  type: AnnotationType;
  /** null where the text does not give enough. */
  annotate(text: string): { content: JsonObject; confidence: number | null } | null;
}
