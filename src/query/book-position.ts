import { formatStreamCursor } from '#domain/cursor.ts';
import type { Read } from './snapshot.ts';

export const BOOK_POSITION = {
  name: 'book_position',
  text: `SELECT coalesce((SELECT max(epoch) FROM book_epoch), 0) AS epoch,
                coalesce((SELECT max(seq) FROM activity), 0) AS seq`,
};

/**
 * The stream cursor of this snapshot. Positions become visible in order, so a snapshot holds every activity up to its
 * highest position: whoever follows from there misses nothing and gets nothing twice.
 */
export async function readBookPosition(read: Read): Promise<string> {
  const [position] = await read<{ epoch: number; seq: number }>(BOOK_POSITION);
  return formatStreamCursor(position ?? { epoch: 0, seq: 0 });
}
