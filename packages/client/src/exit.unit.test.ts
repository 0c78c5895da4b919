import { describe, expect, test, vi } from 'vitest';
import { startBridge } from '../testing/bridge.ts';
import { API_KEY, filesIn, spoolFolder, startClient } from '../testing/client.ts';
import { runProgram } from '../testing/program.ts';

/** Nobody answers there. */
const NOWHERE = 'http://127.0.0.1:9';

const leave = (url: string, spoolDir: string, way: string) => runProgram('leaver.ts', [url, API_KEY, spoolDir, way]);

/** What is in a spool, as the next client finds it. */
async function inherit(spoolDir: string, formerUrl: string): Promise<string[]> {
  const bridge = await startBridge();
  const client = startClient({ url: bridge.url, spoolDir, adoptFrom: [{ url: formerUrl }] });
  await vi.waitUntil(() => client.stats().acknowledged > 0);
  return [...bridge.book.values()].map(({ description }) => String(description));
}

describe('a process that ends', { timeout: 30_000 }, () => {
  test('because it has nothing more to do has its events sent first', async () => {
    const bridge = await startBridge();
    const program = leave(bridge.url, '', 'normal');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(bridge.book.size).toBe(1);
    expect(program.output()).toBe('');
  });

  test('does not wait for ever for a server that is away; what is in memory alone is named', async () => {
    const program = leave(NOWHERE, '', 'normal');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.output()).toMatch(/the process ended with 1 events that were only in memory \[LOST_AT_EXIT\]/);
  });

  test.each([
    ['normal', 0],
    ['exit', 3],
    ['throw', 1],
  ])('(%s) leaves in the spool what was logged in its last moment', async (way, code) => {
    const spoolDir = spoolFolder();
    const program = leave(NOWHERE, spoolDir, way);
    expect(await program.ended).toEqual({ code, signal: null });
    expect(program.output()).not.toContain('LOST_AT_EXIT');
    expect(filesIn(spoolDir).length).toBeGreaterThan(0);
    expect(await inherit(spoolDir, NOWHERE)).toEqual([way]);
  });

  test('by a signal has its events sent first, when asked for, and ends by that signal', async () => {
    const bridge = await startBridge();
    const program = leave(bridge.url, '', 'SIGTERM');
    await vi.waitUntil(() => program.lines.includes('ready'), { timeout: 10_000 });
    program.child.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(bridge.book.size).toBe(1);
  });

  test('by a signal has the events of all of its clients sent first, and ends', async () => {
    const bridge = await startBridge();
    const program = leave(bridge.url, '', 'SIGTERM two clients');
    await vi.waitUntil(() => program.lines.includes('ready'), { timeout: 10_000 });
    program.child.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(bridge.book.size).toBe(2);
  });

  test('by a signal that it listens to itself ends as it wants to', async () => {
    const bridge = await startBridge();
    const program = leave(bridge.url, '', 'SIGTERM handled');
    await vi.waitUntil(() => program.lines.includes('ready'), { timeout: 10_000 });
    program.child.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 5, signal: null });
    expect(bridge.book.size).toBe(1);
    expect(program.lines).toContain('handled');
  });

  test('has one listener of each kind, however many clients it had', async () => {
    const count = () =>
      process.listenerCount('exit') + process.listenerCount('beforeExit') + process.listenerCount('SIGHUP');
    const before = count();
    const clients = Array.from({ length: 20 }, () => startClient({ url: NOWHERE, flushOnSignals: ['SIGHUP'] }));
    expect(count() - before).toBe(3);
    await Promise.all(clients.map((client) => client.close({ timeoutMs: 0 })));
    expect(count()).toBe(before);
  });
});
