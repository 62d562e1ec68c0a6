/** What a browser only ever shows or plays. The store's answers carry no header that would keep it from running the rest. */
const PASSIVE = new Set([
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'audio/mpeg',
  'audio/wav',
  'audio/x-wav',
  'audio/vnd.wave',
  'video/mp4',
  'audio/mp4',
  'video/webm',
  'audio/webm',
]);

/** What the store itself may call an object when it serves it: anything that could act as a page is only ever saved. */
export function servedType(
  contentType: string,
  disposition: 'ATTACHMENT' | 'INLINE',
): { contentType: string; disposition: 'attachment' | 'inline' } {
  const essence = contentType.split(';', 1)[0]!.trim().toLowerCase();
  if (!PASSIVE.has(essence)) return { contentType: 'application/octet-stream', disposition: 'attachment' };
  return { contentType: essence, disposition: disposition === 'INLINE' ? 'inline' : 'attachment' };
}
