import { describe, expect, it } from 'vitest';
import { probeServer, type ServerState } from './probe.ts';
import { ServerWatch } from './server-watch.ts';

const answer =
  (ok: boolean, body: unknown = {}) =>
  async () => ({ ok, json: async () => body });
const online = () => true;

describe('a look at the server', () => {
  it.each<[ServerState, Parameters<typeof probeServer>[0]]>([
    ['ok', { isOnline: online, ask: answer(true) }],
    ['offline', { isOnline: () => false, ask: answer(true) }],
    ['database-away', { isOnline: online, ask: answer(false, { problems: ['database: it does not answer'] }) }],
    ['unreachable', { isOnline: online, ask: answer(false, { problems: ['spool: full'] }) }],
    [
      'unreachable',
      { isOnline: online, ask: async () => ({ ok: false, json: () => Promise.reject(new Error('html')) }) },
    ],
    ['unreachable', { isOnline: online, ask: () => Promise.reject(new Error('refused')) }],
  ])('tells %s', async (state, deps) => {
    expect(await probeServer(deps)).toBe(state);
  });
});

function watched() {
  let next: ServerState = 'ok';
  let isVisible = true;
  let looks = 0;
  const due: { readonly ms: number; readonly work: () => void }[] = [];
  const watch = new ServerWatch({
    probe: async () => {
      looks += 1;
      return next;
    },
    timers: {
      after(ms, work) {
        const timer = { ms, work };
        due.push(timer);
        return () => due.splice(due.indexOf(timer), 1);
      },
      random: () => 0.5,
    },
    isVisible: () => isVisible,
  });
  const told: ServerState[] = [];
  const stop = watch.subscribe(() => told.push(watch.state));
  const settle = () => new Promise(setImmediate);
  return {
    told,
    stop,
    watch,
    settle,
    becomes: (state: ServerState) => {
      next = state;
    },
    hide: (hidden: boolean) => {
      isVisible = !hidden;
    },
    looks: () => looks,
    waits: () => due.map(({ ms }) => ms),
    async pass() {
      due.shift()?.work();
      await settle();
    },
  };
}

describe('watching it', () => {
  it('tells of a database that is away at once, and of its return', async () => {
    const { told, becomes, pass, settle, waits } = watched();
    await settle();
    expect(waits()).toEqual([15_000]);
    becomes('database-away');
    await pass();
    expect(told).toEqual(['database-away']);
    expect(waits()).toEqual([2_500]);
    becomes('ok');
    await pass();
    expect(told).toEqual(['database-away', 'ok']);
  });

  it('asks a server that does not answer once more before it says so', async () => {
    const { told, becomes, pass, settle, waits } = watched();
    await settle();
    becomes('unreachable');
    await pass();
    expect(told).toEqual([]);
    expect(waits()).toEqual([1_000]);
    await pass();
    expect(told).toEqual(['unreachable']);
  });

  it('forgets a moment’s gap', async () => {
    const { told, becomes, pass, settle } = watched();
    await settle();
    becomes('unreachable');
    await pass();
    becomes('ok');
    await pass();
    expect(told).toEqual([]);
  });

  it('leaves the server alone while nobody looks at the page, or nobody asks', async () => {
    const { watch, looks, hide, settle, stop, waits } = watched();
    await settle();
    hide(true);
    await watch.look();
    expect(looks()).toBe(1);
    hide(false);
    await watch.look();
    expect(looks()).toBe(2);
    stop();
    expect(waits()).toEqual([]);
    await watch.look();
    expect(looks()).toBe(2);
  });
});
