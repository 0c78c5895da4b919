import type { ActivityFilter } from '#domain/filter.ts';
import { filterKey } from '#domain/filter-match.ts';

/**
 * A short name for "this filter in this workspace", the same in every tab, so that tabs that follow the same share it.
 * 53 bits (cyrb53): among the few feeds of one browser two never meet.
 */
export function feedId(workspaceId: string, filter: ActivityFilter): string {
  const text = `${workspaceId} ${filterKey(filter)}`;
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}
