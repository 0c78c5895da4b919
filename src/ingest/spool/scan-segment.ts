import { z } from 'zod';
import { findFrame, frameAt, isCutOff } from './frame.ts';

/** A stretch of a segment file: from this byte, up to and without that one. */
export interface Region {
  readonly from: number;
  readonly to: number;
}

export interface SegmentScan {
  /** Where the payload of each sound record stands, in order. */
  readonly records: readonly Region[];
  /** What is between sound frames, or after the last one, and is no frame. */
  readonly damaged: readonly Region[];
  /** The beginning of a frame at the end of the file: a write that was cut off, and was never acknowledged. */
  readonly torn: Region | undefined;
  /** Records that were in the segment when it was closed; undefined when it was not closed in good order. */
  readonly closedWith: number | undefined;
}

const endSchema = z.object({ records: z.int().nonnegative() });

export function endPayload(records: number): string {
  return JSON.stringify({ records });
}

/**
 * Reads a segment whatever has happened to it: every sound frame is found, everything else is named. Costs one pass,
 * about 1 GB/s.
 */
export function scanSegment(bytes: Buffer): SegmentScan {
  const records: Region[] = [];
  const damaged: Region[] = [];
  let torn: Region | undefined;
  let closedWith: number | undefined;
  for (let at = 0; at < bytes.length; ) {
    const frame = frameAt(bytes, at);
    if (frame) {
      if (frame.kind === 'record') records.push({ from: frame.end - frame.payload.length, to: frame.end });
      if (frame.kind === 'end') closedWith = endSchema.parse(JSON.parse(frame.payload.toString())).records;
      at = frame.end;
      continue;
    }
    const next = findFrame(bytes, at + 1);
    const region = { from: at, to: next ?? bytes.length };
    if (next === undefined && closedWith === undefined && isCutOff(bytes, at)) torn = region;
    else damaged.push(region);
    at = region.to;
  }
  return { records, damaged, torn, closedWith };
}
