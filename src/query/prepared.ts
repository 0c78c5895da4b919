import { createHash } from 'node:crypto';
import type { Statement } from './snapshot.ts';

/**
 * The statement under a name made from its text, so that each connection plans it once: with many partitions planning
 * costs more than reading a page. Only for statements whose best plan does not depend on their values.
 */
export function prepared(statement: Omit<Statement, 'name'>): Statement {
  const name = `read_${createHash('sha1').update(statement.text).digest('hex').slice(0, 16)}`;
  return { ...statement, name };
}
