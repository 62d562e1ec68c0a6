const CFB_SECTOR_SHIFT = 0x1e;
const CFB_DIRECTORY_SECTOR = 0x30;

/**
 * Whether an MP4, QuickTime or Matroska file has sound and no picture, as far as its head tells. An MP4 whose index lies
 * at the end of a longer file does not tell; it counts as a film.
 */
export async function holdsOnlySound(head: Uint8Array): Promise<boolean> {
  // 2 MB of program, and most starts see no film.
  const { BufferSource, Input, MATROSKA, MP4, QTFF, WEBM } = await import('mediabunny');
  const input = new Input({ source: new BufferSource(head), formats: [MP4, QTFF, MATROSKA, WEBM] });
  try {
    const tracks = await input.getTracks();
    return tracks.length > 0 && tracks.every((track) => track.isAudioTrack());
  } catch {
    // Cut off within its index: no statement about the tracks can be made.
    return false;
  } finally {
    input.dispose();
  }
}

/**
 * Whether an OLE compound file wraps an encrypted Office document (ECMA-376 encryption, [MS-OFFCRYPTO] 2.3.4.4): its
 * directory then names a stream `EncryptedPackage`. Where the directory lies beyond the head the extension has to do.
 */
export function isEncryptedOffice(head: Uint8Array, extension: string): boolean {
  if (head.length < 512) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const sectorSize = 2 ** Math.min(16, view.getUint16(CFB_SECTOR_SHIFT, true));
  const directory = (view.getUint32(CFB_DIRECTORY_SECTOR, true) + 1) * sectorSize;
  if (directory + 512 > head.length) return extension === '.docx';
  return Buffer.from(head.buffer, head.byteOffset, head.byteLength).includes(Buffer.from('EncryptedPackage', 'utf16le'));
}
