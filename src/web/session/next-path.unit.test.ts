import { describe, expect, it } from 'vitest';
import { choosePasswordPath, localPath, signInPath } from './next-path.ts';

describe('localPath', () => {
  it.each(['/leads', '/leads/1?tab=activity', '/admin/activity-logs?q=a%20b#x'])('keeps %s', (path) => {
    expect(localPath(path)).toBe(path);
  });

  it.each([
    undefined,
    null,
    '',
    'leads',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/a\\b',
    '/\t/evil.example',
    'javascript:alert(1)',
    '/sign-in?next=/sign-in',
    '/choose-password?next=/leads',
    '/api/auth/sign-out',
  ])('turns %j into the home page', (path) => {
    expect(localPath(path)).toBe('/');
  });
});

describe('signInPath', () => {
  it('leads back to the page', () => {
    expect(signInPath('/leads?q=a&page=2')).toBe('/sign-in?next=%2Fleads%3Fq%3Da%26page%3D2');
  });

  it('is bare for the home page', () => {
    expect(signInPath('/')).toBe('/sign-in');
  });
});

describe('choosePasswordPath', () => {
  it('leads on to the page', () => {
    expect(choosePasswordPath('/leads?q=a')).toBe('/choose-password?next=%2Fleads%3Fq%3Da');
  });

  it('is bare for the home page, and for itself', () => {
    expect(choosePasswordPath('/')).toBe('/choose-password');
    expect(choosePasswordPath('/choose-password?next=%2Fleads')).toBe('/choose-password');
  });
});
