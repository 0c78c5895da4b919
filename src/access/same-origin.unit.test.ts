import { describe, expect, it } from 'vitest';
import { assertSameOrigin, ownOrigins } from './same-origin.ts';

const ORIGINS = ownOrigins('https://history.example.com', 3000);

function isAllowed(headers: Record<string, string>, method = 'POST'): boolean {
  try {
    assertSameOrigin(new Headers(headers), method, ORIGINS);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'FORBIDDEN' });
    return false;
  }
}

describe('assertSameOrigin', () => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'get'])('lets %s through: it changes nothing', (method) => {
    expect(isAllowed({ 'sec-fetch-site': 'cross-site' }, method)).toBe(true);
  });

  it.each([
    ['the browser says same-origin', { 'sec-fetch-site': 'same-origin' }],
    ['the public address', { origin: 'https://history.example.com' }],
    ['localhost', { origin: 'http://localhost:3000' }],
    ['127.0.0.1', { origin: 'http://127.0.0.1:3000' }],
    ['the host it was sent to', { origin: 'http://192.168.1.5:3000', host: '192.168.1.5:3000' }],
    ['the host it was sent to, behind a proxy that ends TLS', { origin: 'https://hb.local', host: 'hb.local' }],
  ])('allows: %s', (_name, headers) => {
    expect(isAllowed(headers)).toBe(true);
  });

  it.each([
    ['no word of where it comes from', {}],
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another site of the same domain', { 'sec-fetch-site': 'same-site', origin: 'https://evil.example.com' }],
    ['another site that names our origin', { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:3000' }],
    ['an opaque origin', { origin: 'null', host: 'null' }],
    ['another origin', { origin: 'https://evil.example', host: 'localhost:3000' }],
    ['another port', { origin: 'http://localhost:4000', host: 'localhost:3000' }],
    ['an origin that begins like ours', { origin: 'https://history.example.com.evil.example' }],
    ['our host without an origin', { host: 'localhost:3000', referer: 'http://localhost:3000/' }],
  ])('refuses: %s', (_name, headers) => {
    expect(isAllowed(headers)).toBe(false);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'MADE-UP'])('guards %s', (method) => {
    expect(isAllowed({}, method)).toBe(false);
  });
});
