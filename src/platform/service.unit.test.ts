import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createService, ServiceError } from './service.ts';
import { createServiceGroup } from './service-group.ts';

/** A promise that the test settles when it wants. */
function signalled() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { promise, resolve, reject };
}

function recorder() {
  const events: string[] = [];
  const service = (name: string, options: { failStart?: boolean; failStop?: boolean } = {}) =>
    createService({
      name,
      start() {
        events.push(`start ${name}`);
        if (options.failStart) throw new Error(`no ${name} today`);
        return () => {
          events.push(`stop ${name}`);
          if (options.failStop) throw new Error(`${name} hangs`);
        };
      },
    });
  return { events, service };
}

describe('a service', () => {
  test('starts and stops once, however often it is asked', async () => {
    const { events, service } = recorder();
    const one = service('a');
    await Promise.all([one.start(), one.start()]);
    await one.start();
    expect(one.state).toBe('running');
    await Promise.all([one.stop(), one.stop()]);
    await one.stop();
    expect(events).toEqual(['start a', 'stop a']);
    expect(one.state).toBe('stopped');
  });

  test('stopped during its start it learns of it, and what it has started is ended', async () => {
    const gate = signalled();
    const events: string[] = [];
    const one = createService({
      name: 'slow',
      async start(signal) {
        signal.addEventListener('abort', () => events.push('told'));
        await gate.promise;
        return () => void events.push('ended');
      },
    });
    const starting = expect(one.start()).rejects.toThrow('slow did not start: stopped while starting');
    const stopping = one.stop();
    expect(events).toEqual(['told']);
    gate.resolve();
    await Promise.all([starting, stopping]);
    expect(events).toEqual(['told', 'ended']);
  });

  test('stopped before its start it never starts', async () => {
    const { events, service } = recorder();
    const one = service('a');
    await one.stop();
    await expect(one.start()).rejects.toThrow(ServiceError);
    expect(events).toEqual([]);
  });

  test('a failed start names the service and can be stopped', async () => {
    const one = recorder().service('a', { failStart: true });
    await expect(one.start()).rejects.toMatchObject({ service: 'a', phase: 'start', message: /no a today/ });
    expect(one.state).toBe('stopped');
    await one.stop();
  });

  test('a failed stop names the service', async () => {
    const one = recorder().service('a', { failStop: true });
    await one.start();
    await expect(one.stop()).rejects.toMatchObject({ service: 'a', phase: 'stop' });
    expect(one.state).toBe('stopped');
  });
});

describe('a group', () => {
  test('starts in order and stops in reverse', async () => {
    const { events, service } = recorder();
    const group = createServiceGroup({ name: 'all', services: [service('a'), service('b'), service('c')] });
    await group.start();
    await group.stop();
    expect(events).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
  });

  test('a member that does not start is named, and those before it are stopped', async () => {
    const { events, service } = recorder();
    const services = [service('a'), service('b'), service('c', { failStart: true }), service('d')];
    const group = createServiceGroup({ name: 'all', services });
    await expect(group.start()).rejects.toThrow('all did not start: c did not start: no c today');
    expect(events).toEqual(['start a', 'start b', 'start c', 'stop b', 'stop a']);
  });

  test('members that do not stop keep no other from stopping, and all are named', async () => {
    const { events, service } = recorder();
    const stuck = createService({ name: 'stuck', start: () => () => new Promise<void>(() => undefined) });
    const services = [service('a'), stuck, service('b', { failStop: true })];
    const group = createServiceGroup({ name: 'all', services, stopTimeoutMs: 20 });
    await group.start();
    await expect(group.stop()).rejects.toThrow(
      /b did not stop: b hangs; stuck did not stop: still running after 20 ms/,
    );
    expect(events).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  });

  test('stopped during its start it aborts the member that is starting', async () => {
    const { events, service } = recorder();
    const reached = signalled();
    const waiting = createService({
      name: 'waiting',
      start: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          reached.resolve();
        }),
    });
    const group = createServiceGroup({ name: 'all', services: [service('a'), waiting, service('b')] });
    const starting = expect(group.start()).rejects.toThrow(ServiceError);
    await reached.promise;
    await group.stop();
    await starting;
    expect(events).toEqual(['start a', 'stop a']);
  });
});

test('whatever the order of starts and stops, everything started is stopped once, in reverse', async () => {
  const step = fc.constantFrom('start', 'stop', 'turn');
  const member = fc.record({ turns: fc.nat(4), fails: fc.boolean(), failsToStop: fc.boolean() });
  const run = async (members: { turns: number; fails: boolean; failsToStop: boolean }[], steps: string[]) => {
    const up: number[] = [];
    const services = members.map(({ turns, fails, failsToStop }, index) =>
      createService({
        name: `member ${index}`,
        async start() {
          for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
          if (fails) throw new Error('fails');
          up.push(index);
          return async () => {
            await Promise.resolve();
            expect(up.pop()).toBe(index);
            if (failsToStop) throw new Error('fails');
          };
        },
      }),
    );
    const group = createServiceGroup({ name: 'group', services });
    const calls: Promise<void>[] = [];
    for (const what of [...steps, 'stop']) {
      if (what === 'turn') await Promise.resolve();
      else calls.push(what === 'start' ? group.start() : group.stop());
    }
    const outcomes = await Promise.allSettled(calls);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ServiceError);
    }
    expect(up).toEqual([]);
    expect(group.state).toBe('stopped');
  };
  await fc.assert(fc.asyncProperty(fc.array(member, { maxLength: 5 }), fc.array(step, { maxLength: 12 }), run), {
    numRuns: 500,
  });
});
