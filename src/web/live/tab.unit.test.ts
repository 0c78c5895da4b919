import { beforeEach, describe, expect, test } from 'vitest';
import type { ActivityFilter } from '#domain/filter.ts';
import { TestBrowser, type TestTab } from '#testing/browser.ts';
import type { LiveState } from './types.ts';

let browser: TestBrowser;
beforeEach(() => {
  browser = new TestBrowser();
});

/** A follower that writes down what it hears. */
function follow(tab: TestTab, filter: ActivityFilter = {}, after = browser.server.cursor, workspaceId = 'w') {
  const heard: { ids: string[]; states: LiveState[]; resyncs: number } = { ids: [], states: [], resyncs: 0 };
  const unfollow = tab.live.follow(
    { workspaceId, filter, after },
    {
      onActivity: ({ id }) => heard.ids.push(id),
      onResync: () => {
        heard.resyncs += 1;
      },
      onState: (state) => heard.states.push(state),
    },
  );
  return { ...heard, heard, unfollow };
}

/** Long enough for whatever is being waited for. */
const calm = () => browser.advance(1_000);

const TYPES = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J'];

describe('ten tabs with ten different filters', () => {
  test('share one stream, and each hears exactly its own', async () => {
    const followers = TYPES.map((type) => follow(browser.openTab(), { types: [type] }));
    await calm();
    expect(browser.server.streams).toHaveLength(1);
    const written = [...TYPES, ...TYPES.toReversed()].map((type) => browser.server.write({ type }));
    await calm();
    for (const [index, { ids }] of followers.entries()) {
      expect(ids).toEqual(written.filter(({ type }) => type === TYPES[index]).map(({ id }) => id));
    }
    expect(browser.server.streams).toHaveLength(1);
  });

  test('opened together cost one opening; one more costs one more, and nobody misses or repeats', async () => {
    for (const type of TYPES) follow(browser.openTab(), { types: [type] });
    await calm();
    expect(browser.server.opened).toBe(1);
    const all = follow(browser.openTab());
    const ids = [browser.server.write({ type: 'A' }).id];
    await browser.advance(20);
    ids.push(browser.server.write({ type: 'B' }).id);
    await calm();
    ids.push(browser.server.write({ type: 'C' }).id);
    await calm();
    expect(browser.server.opened).toBe(2);
    expect(all.ids).toEqual(ids);
  });
});

describe('a follower', () => {
  test('begins after the page it shows, also when others of its feed are further', async () => {
    const first = follow(browser.openTab());
    await calm();
    const page = browser.server.cursor;
    const ids = [1, 2, 3].map(() => browser.server.write().id);
    await calm();
    const second = follow(browser.openTab(), {}, page);
    await calm();
    expect([first.ids, second.ids]).toEqual([ids, ids]);
    expect(browser.server.streams).toHaveLength(1);
  });

  test('that begins where its feed is costs no new stream', async () => {
    follow(browser.openTab());
    await calm();
    browser.server.write();
    await calm();
    const second = follow(browser.openTab());
    await calm();
    const { id } = browser.server.write();
    await calm();
    expect([second.ids, browser.server.opened]).toEqual([[id], 1]);
  });

  test('in another workspace has a stream of its own: the cookie of the others does not decide', async () => {
    const one = follow(browser.openTab());
    const two = follow(browser.openTab(), {}, browser.server.cursor, 'other');
    await calm();
    expect(browser.server.streams.map(({ workspaceId }) => workspaceId)).toEqual(['w', 'other']);
    browser.server.write({}, 'w');
    browser.server.write({}, 'other');
    await calm();
    expect([one.ids.length, two.ids.length]).toEqual([1, 1]);
  });

  test('that stops hears nothing more, and the last one closes the stream', async () => {
    const tab = browser.openTab();
    const one = follow(tab);
    const two = follow(tab, { types: ['A'] });
    await calm();
    one.unfollow();
    browser.server.write({ type: 'A' });
    await calm();
    expect([one.ids.length, two.ids.length]).toEqual([0, 1]);
    two.unfollow();
    await calm();
    expect(browser.server.streams).toHaveLength(0);
  });

  test('is told to read again when its place is out of reach, and only it', async () => {
    const fresh = follow(browser.openTab(), { types: ['A'] });
    await calm();
    browser.server.write({ type: 'B' });
    browser.server.write({ type: 'A' });
    await calm();
    browser.server.floor = 1;
    const late = follow(browser.openTab(), { types: ['B'] }, '1.0');
    await calm();
    browser.server.write({ type: 'A' });
    browser.server.write({ type: 'B' });
    await calm();
    expect([fresh.heard.resyncs, late.heard.resyncs]).toEqual([0, 1]);
    expect([fresh.ids.length, late.ids.length]).toEqual([2, 1]);
  });

  test('without locks leads itself, with a stream of its own', async () => {
    const followers = [1, 2].map(() => follow(browser.openTab({ hasLocks: false })));
    await calm();
    const { id } = browser.server.write();
    await calm();
    expect(followers.map(({ ids }) => ids)).toEqual([[id], [id]]);
    expect(browser.server.streams).toHaveLength(2);
  });
});

describe('the lead', () => {
  test.each(['close', 'crash'] as const)(
    'passes on when its tab is gone (%s): nothing missed, nothing twice',
    async (end) => {
      const tabs = [browser.openTab(), browser.openTab(), browser.openTab()];
      const [, second, third] = tabs.map((tab) => follow(tab));
      await calm();
      const ids = [browser.server.write().id];
      await browser.settle();
      ids.push(browser.server.write().id);
      tabs[0]?.[end]();
      ids.push(browser.server.write().id);
      await calm();
      ids.push(browser.server.write().id);
      await calm();
      expect([second?.ids, third?.ids]).toEqual([ids, ids]);
      expect(browser.server.streams.map(({ tab }) => tab)).toEqual([tabs[1]]);
    },
  );

  test('notices a tab that is gone, and follows for it no longer', async () => {
    const [one, two] = [browser.openTab(), browser.openTab()];
    follow(one, { types: ['A'] });
    follow(two, { types: ['B'] });
    await calm();
    expect(browser.server.streams[0]?.feeds).toHaveLength(2);
    two.crash();
    await calm();
    expect(browser.server.streams.map(({ feeds }) => feeds.map(({ filter }) => filter))).toEqual([[{ types: ['A'] }]]);
  });

  test('is taken from a tab that is frozen by one that somebody looks at', async () => {
    const [frozen, looked] = [browser.openTab(), browser.openTab()];
    const one = follow(frozen);
    const two = follow(looked);
    await calm();
    frozen.freeze();
    const ids = [browser.server.write().id];
    looked.live.wake();
    await browser.advance(4_000);
    ids.push(browser.server.write().id);
    await calm();
    expect(two.ids).toEqual(ids);
    frozen.thaw();
    await browser.advance(25_000);
    expect(one.ids).toEqual(ids);
    expect(browser.server.streams.map(({ tab }) => tab)).toEqual([looked]);
  });

  test('stays with a frozen tab while nobody looks', async () => {
    const [frozen, hidden] = [browser.openTab(), browser.openTab()];
    follow(frozen);
    follow(hidden);
    await calm();
    frozen.freeze();
    hidden.isVisible = false;
    await browser.advance(120_000);
    expect(browser.server.streams.map(({ tab }) => tab)).toEqual([frozen]);
  });
});

describe('a stream that breaks', () => {
  test('is opened again after a wait, from where it was', async () => {
    const one = follow(browser.openTab());
    await calm();
    const ids = [browser.server.write().id];
    await calm();
    browser.server.drop();
    ids.push(browser.server.write().id);
    await calm();
    expect(one.ids).toEqual(ids);
    expect(one.states).toEqual(['connecting', 'live', 'connecting', 'live']);
  });

  test('that stays away makes pages look for themselves, until it is back', async () => {
    const one = follow(browser.openTab());
    await calm();
    browser.server.refuses = 'for now';
    browser.server.drop();
    await browser.advance(60_000);
    expect(one.states).toEqual(['connecting', 'live', 'connecting', 'fallback']);
    expect(browser.server.opened).toBeLessThan(12);
    browser.server.refuses = undefined;
    const { id } = browser.server.write();
    await browser.advance(15_000);
    expect(one.states.at(-1)).toBe('live');
    expect(one.ids).toEqual([id]);
  });

  test('and is refused for good is asked for seldom, and at once when somebody comes back to the page', async () => {
    browser.server.refuses = 'final';
    const tab = browser.openTab();
    const one = follow(tab);
    await browser.advance(10_000);
    expect([one.states, browser.server.opened]).toEqual([['connecting', 'fallback'], 1]);
    browser.server.refuses = undefined;
    tab.live.wake();
    await calm();
    expect(one.states.at(-1)).toBe('live');
  });
});

test('many feeds are split over several streams before an address gets too long', async () => {
  const tab = browser.openTab();
  const followers = Array.from({ length: 70 }, (_, index) => follow(tab, { types: [`TYPE_${index}`], search: '' }));
  await calm();
  const [first, second] = browser.server.streams;
  expect(browser.server.streams).toHaveLength(2);
  expect((first?.feeds.length ?? 0) + (second?.feeds.length ?? 0)).toBe(70);
  for (const index of [0, 69]) browser.server.write({ type: `TYPE_${index}` });
  await calm();
  expect(followers.map(({ ids }) => ids.length)).toEqual(followers.map((_, index) => (index % 69 === 0 ? 1 : 0)));
});

describe('a feed that is forbidden', () => {
  test('looks for itself; the others of its connection go on as if nothing were', async () => {
    browser.server.forbids = 'A';
    const refused = follow(browser.openTab(), { types: ['A'] });
    const other = follow(browser.openTab(), { types: ['B'] });
    await calm();
    browser.server.write({ type: 'A' });
    const { id } = browser.server.write({ type: 'B' });
    await calm();
    expect([refused.ids, other.ids]).toEqual([[], [id]]);
    expect([refused.states.at(-1), other.states.at(-1)]).toEqual(['fallback', 'live']);
    expect(browser.server.opened).toBe(1);
    await browser.advance(120_000);
    expect(browser.server.opened).toBe(1);
  });

  test('is asked for again when somebody looks, and misses nothing once it is allowed', async () => {
    const tab = browser.openTab();
    const refused = follow(tab, { types: ['A'] });
    const other = follow(tab, { types: ['B'] });
    await calm();
    const ids = [browser.server.write({ type: 'A' }).id];
    const others = [browser.server.write({ type: 'B' }).id];
    await calm();
    browser.server.forbids = 'A';
    browser.server.drop();
    await browser.advance(5_000);
    ids.push(browser.server.write({ type: 'A' }).id);
    others.push(browser.server.write({ type: 'B' }).id);
    await calm();
    expect(refused.states.at(-1)).toBe('fallback');
    tab.live.wake();
    await calm();
    expect(refused.states.at(-1)).toBe('fallback');
    browser.server.forbids = undefined;
    ids.push(browser.server.write({ type: 'A' }).id);
    tab.live.wake();
    await calm();
    others.push(browser.server.write({ type: 'B' }).id);
    await calm();
    expect(refused.ids).toEqual(ids);
    expect(other.ids).toEqual(others);
    expect(refused.states.at(-1)).toBe('live');
  });
});
