import { describe, expect, test } from 'vitest';
import type { Principal } from '#domain/principal.ts';
import type { KeyScope, Role } from '#domain/roles.ts';
import { judgeFeeds } from './permission.ts';

const LEAD = '0b1e2f3a-4c5d-4e6f-8a9b-0c1d2e3f4a5b';
const everything = { id: 'everything', filter: {} };
const timeline = { id: 'timeline', filter: { leadId: LEAD, search: 'words' } };

const user = (role: Role): Principal => ({
  kind: 'user',
  userId: 'u',
  sessionId: 's',
  email: 'someone@example.com',
  name: 'Someone',
  superAdmin: role === 'SUPER_ADMIN',
  workspaceId: 'w',
  role,
});
const key = (...scopes: KeyScope[]): Principal => ({ kind: 'key', keyId: 'k', name: 'key', workspaceId: 'w', scopes });

const mayFollow = (principal: Principal, ...feeds: { id: string; filter: { leadId?: string } }[]) => {
  try {
    return judgeFeeds({ principal, feeds }).forbidden.length === 0;
  } catch (error) {
    expect(error).toMatchObject({ code: 'FORBIDDEN' });
    return false;
  }
};

describe('who may follow', () => {
  test.each<[string, Principal, all: boolean, timelines: boolean]>([
    ['a super administrator', user('SUPER_ADMIN'), true, true],
    ['an administrator', user('ADMIN'), true, true],
    ['a project manager', user('PM'), false, true],
    ['a client', user('CLIENT'), false, false],
    ['a key that reads activities', key('activity:read'), true, true],
    ['a key that reads timelines', key('timeline:read'), false, true],
    ['a key that only writes', key('activity:write', 'leads:write', 'leads:read'), false, false],
  ])('%s', (_name, principal, all, timelines) => {
    expect(mayFollow(principal, everything)).toBe(all);
    expect(mayFollow(principal, timeline)).toBe(timelines);
    expect(mayFollow(principal, timeline, everything)).toBe(all);
  });

  test('one feed that is forbidden leaves the others', () => {
    expect(judgeFeeds({ principal: user('PM'), feeds: [timeline, everything] })).toEqual({
      allowed: [timeline],
      forbidden: ['everything'],
    });
  });
});
