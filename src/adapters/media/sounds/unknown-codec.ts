/** There is no decoder for a sound in this program; ffmpeg may have one. */
export class UnknownCodec extends Error {
  constructor(readonly codec: string) {
    super(`There is no decoder for ${codec} here.`);
    this.name = 'UnknownCodec';
  }
}
