/**
 * What the descriptors' vectors are, apart from what computes them: the program needs that at its start, and the decoders in its media
 * processes alone. A revision is raised whenever the numbers change, since vectors of different revisions cannot be compared.
 */
export const IMAGE_DESCRIPTOR = { revision: '1', dimensions: 553 } as const;
export const AUDIO_DESCRIPTOR = { revision: '1', dimensions: 290 } as const;
