import type { Config } from '../config/config.js';
import { StrataError } from '../domain/errors.js';

const BUNDLED_TEXT_MODEL = 'all-MiniLM-L6-v2';

/**
 * The settings know more than this version can do. Whoever asks for it is told before anything starts, rather than served by
 * something else.
 * @throws NOT_CONFIGURED
 */
export function refuseWhatIsNotThere({ embedding }: Config): void {
  const asked = [
    embedding.textModel === BUNDLED_TEXT_MODEL ? null : `embedding.text_model "${embedding.textModel}" (there is ${BUNDLED_TEXT_MODEL})`,
    embedding.modelsPath === undefined ? null : 'embedding.models_path (the bundled model needs none)',
    embedding.models.length === 0 ? null : `embedding.models (there are ${BUNDLED_TEXT_MODEL} and the descriptors)`,
  ].filter((each) => each !== null);
  if (asked.length === 0) return;
  throw new StrataError('NOT_CONFIGURED', `This version does not have what the configuration asks for: ${asked.join('; ')}. Leave that out, and start again.`, {
    extensions: { feature: 'embedding models', setting: 'embedding' },
  });
}
