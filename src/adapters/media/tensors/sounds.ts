import { ExtractionError } from '../../../ports/media.port.js';
import type { MediaForm } from '../../../ports/media-tensors.port.js';
import { describeFrames } from '../descriptors/audio-descriptor.js';
import { damaged, reason } from '../extract-context.js';
import type { SoundWindow } from '../sounds/cut-windows.js';
import { MelSpectrogram } from '../sounds/mel-bands.js';
import { RATE } from '../sounds/mono-sound.js';
import { soundWindows } from '../sounds/sound-windows.js';
import { UnknownCodec } from '../sounds/unknown-codec.js';
import { prepareWave } from '../sounds/wave.js';
import type { PrepareSource, Wanted } from './prepare.js';

type HearingForm = Extract<MediaForm, { as: 'waves' | 'sound-descriptor' }>;

export const isOfHearing = (wanted: Wanted): wanted is Wanted<HearingForm> => wanted.form.as === 'waves' || wanted.form.as === 'sound-descriptor';

/** What is made of a sound while it is heard. */
interface Listener {
  /** All that is heard, in order; windows may be cut out of a part of it. */
  hear(samples: Float32Array): void;
  window(window: SoundWindow): void;
  end(): void;
}

/** Nothing where there is no sound, or nothing here decodes it. */
export async function prepareSound({ path, mimeType, moments, limits, ffmpeg }: PrepareSource, wanted: readonly Wanted<HearingForm>[]): Promise<void> {
  const listeners = wanted.map(({ form, give }) => (form.as === 'waves' ? waves(form.spec, give) : descriptor(give)));
  const hear = (samples: Float32Array) => listeners.forEach((listener) => listener.hear(samples));
  try {
    for await (const window of soundWindows({ path, mimeType, ffmpeg, limits, moments, onHeard: hear })) listeners.forEach((listener) => listener.window(window));
  } catch (error) {
    if (error instanceof UnknownCodec) return;
    if (error instanceof ExtractionError) throw error;
    throw damaged(`The sound cannot be decoded: ${reason(error)}.`, error);
  }
  for (const listener of listeners) listener.end();
}

type Give = Wanted['give'];

function waves(spec: Extract<HearingForm, { as: 'waves' }>['spec'], give: Give): Listener {
  if (spec.rate !== RATE) throw new RangeError(`Sounds are prepared at ${RATE} samples a second, not at ${spec.rate}.`);
  return {
    hear: () => undefined,
    window: ({ samples, startSeconds }) => give(prepareWave(samples, spec), startSeconds),
    end: () => undefined,
  };
}

/**
 * One vector of a sound; of one longer than a window one of the whole, which finds its copies, and one a window, which find what is
 * heard in it and where. None of one in which there is nothing to describe.
 */
function descriptor(give: Give): Listener {
  const whole = new MelSpectrogram();
  const windows: { vector: Float32Array; startSeconds: number }[] = [];
  return {
    hear: (samples) => whole.push(samples),
    window({ samples, startSeconds }) {
      const spectrogram = new MelSpectrogram();
      spectrogram.push(samples);
      const vector = describeFrames(spectrogram.finish());
      if (vector !== null) windows.push({ vector, startSeconds });
    },
    end() {
      const vector = describeFrames(whole.finish());
      if (vector === null) return;
      windows.sort((a, b) => a.startSeconds - b.startSeconds);
      give(vector, windows.length < 2 ? (windows[0]?.startSeconds ?? 0) : null);
      if (windows.length > 1) for (const window of windows) give(window.vector, window.startSeconds);
    },
  };
}
