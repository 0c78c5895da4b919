/** After how long clients whose connection broke come back, in milliseconds: spread, so that they do not come at once. */
const RETRY_MS = [200, 260, 330, 410, 500, 600];

/** Gives the first bytes of a stream: one of the waits before reconnecting, in turn, then `text`. */
export function openings(text: string): () => Buffer {
  const buffers = RETRY_MS.map((ms) => Buffer.from(`retry: ${ms}\n${text}`));
  return () => buffers[Math.floor(Math.random() * buffers.length)] ?? Buffer.from(text);
}
