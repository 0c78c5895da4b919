import { formatStreamCursor } from '#domain/cursor.ts';
import type { LiveEvent } from './event.ts';
import type { FrameFormat } from './types.ts';

/** Frames that are written at once. */
export interface Slice {
  readonly bytes: Buffer;
  /** How many activities are in it, and the position of the last. */
  readonly count: number;
  readonly last: number;
}

export interface FrameOptions {
  readonly format: FrameFormat;
  readonly epoch: number;
  readonly sliceBytes: number;
  /** The feeds an event goes to; none and it is left out. */
  readonly feedsOf: (event: LiveEvent) => readonly string[];
}

/** The events as bytes, in slices of about `sliceBytes`: a slice grows beyond that only for one large activity. */
export function* toSlices(events: readonly LiveEvent[], options: FrameOptions): Generator<Slice, void> {
  const { format, epoch, sliceBytes, feedsOf } = options;
  let parts: Buffer[] = [];
  let bytes = 0;
  let count = 0;
  let last = 0;
  for (const event of events) {
    const feeds = feedsOf(event);
    if (feeds.length === 0) continue;
    const head = format.activityHead(feeds);
    const tail = format.activityTail(formatStreamCursor({ epoch, seq: event.seq }));
    const size = head.length + event.json.length + tail.length;
    if (count > 0 && bytes + size > sliceBytes) {
      yield { bytes: Buffer.concat(parts, bytes), count, last };
      parts = [];
      bytes = 0;
      count = 0;
    }
    parts.push(head, event.json, tail);
    bytes += size;
    count += 1;
    last = event.seq;
  }
  if (count > 0) yield { bytes: Buffer.concat(parts, bytes), count, last };
}
