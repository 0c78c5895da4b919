import { z } from 'zod';
import { plural } from '../message.ts';
import { type Finding, facts, minutesBefore, threshold, type Watch } from './watch.ts';

/**
 * Attempts concern the workspaces of the account that was tried. Those of an address concern the workspaces of any account
 * it tried; what was tried of others' accounts is counted there, and not named. Accounts that nobody has concern the oldest
 * workspace.
 */
const ACCOUNTS_SQL = `
  WITH tried AS (
    SELECT f.account, f.address, sum(f.attempts)::int AS attempts,
      EXISTS (SELECT FROM account_user u JOIN membership m ON m.user_id = u.id
              WHERE lower(u.email) = f.account AND m.workspace_id = $1) AS is_ours,
      EXISTS (SELECT FROM account_user u WHERE lower(u.email) = f.account) AS is_known
    FROM alert_failed_login f WHERE f.minute >= $2 AND f.minute <= $3 GROUP BY f.account, f.address
  ), home AS (
    SELECT (SELECT id FROM workspace ORDER BY is_demo, created_at, id LIMIT 1) = $1 AS is_home
  )`;
const BY_ACCOUNT_SQL = `${ACCOUNTS_SQL}
  SELECT account AS name, sum(attempts)::int AS attempts, array_agg(address ORDER BY attempts DESC) AS others, 0 AS hidden
  FROM tried WHERE is_ours GROUP BY account HAVING sum(attempts) >= $4 ORDER BY 2 DESC LIMIT 50`;
const BY_ADDRESS_SQL = `${ACCOUNTS_SQL}
  SELECT t.address AS name, sum(t.attempts)::int AS attempts,
    coalesce(array_agg(t.account ORDER BY t.attempts DESC) FILTER (WHERE t.is_ours OR (h.is_home AND NOT t.is_known)), '{}') AS others,
    count(*) FILTER (WHERE NOT (t.is_ours OR (h.is_home AND NOT t.is_known))) AS hidden
  FROM tried t, home h
  GROUP BY t.address
  HAVING sum(t.attempts) >= $4 AND bool_or(t.is_ours OR (h.is_home AND NOT t.is_known)) ORDER BY 2 DESC LIMIT 50`;

const triedRow = z.object({ name: z.string(), attempts: z.number(), others: z.array(z.string()), hidden: z.number() });
const SHOWN = 5;

/** Sign-ins that fail again and again, by account and by address. */
export const watchFailedLogins: Watch = async ({ db, now, workspace, rule }) => {
  const windowMinutes = threshold(rule, 'windowMinutes');
  const from = minutesBefore(now, windowMinutes);
  const span = `in ${plural(windowMinutes, 'minute')}`;
  const ask = async (sql: string, limit: string) => {
    const { rows } = await db.query(sql, [workspace.id, from, now, threshold(rule, limit)]);
    return z.array(triedRow).parse(rows);
  };
  const finding = (subject: string, title: string, summary: string, given: readonly [string, unknown][]): Finding => ({
    subject,
    severity: rule.severity,
    title,
    summary,
    facts: facts(...given),
    path: '/admin/members',
  });
  const accounts = await ask(BY_ACCOUNT_SQL, 'account');
  const addresses = await ask(BY_ADDRESS_SQL, 'address');
  return [
    ...accounts.map(({ name, attempts, others }) =>
      finding(
        `account:${name}`,
        'Repeated failed logins to one account',
        'When it was not its owner, reset the password under Members; that ends its sessions too.',
        [
          ['Account', name],
          ['Failed', `${plural(attempts, 'attempt')} ${span}`],
          ['From', shown(others, 0)],
        ],
      ),
    ),
    ...addresses.map(({ name, attempts, others, hidden }) =>
      finding(
        `address:${name}`,
        'Repeated failed logins from one address',
        'Attempts are slowed down by themselves. When it goes on, block the address before the server.',
        [
          ['Address', name],
          ['Failed', `${plural(attempts, 'attempt')} ${span}`],
          ['Accounts', shown(others, hidden)],
        ],
      ),
    ),
  ];
};

function shown(names: readonly string[], hidden: number): string {
  const more = names.length - SHOWN + hidden;
  const first = names.slice(0, SHOWN);
  const rest = Math.max(hidden, more);
  return [...first, ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}
