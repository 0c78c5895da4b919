import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActivityFilter } from '#domain/filter.ts';
import { compileFilter } from '#domain/filter-match.ts';
import { TestBrowser, type TestTab } from '#testing/browser.ts';
import { liveEvent } from '#testing/live-events.ts';

const TYPES = ['A', 'B', 'C'];

/** Follows and writes down the ids it hears. */
function follow({ live }: TestTab, filter: ActivityFilter, after: string) {
  const ids: string[] = [];
  const listener = {
    onActivity: ({ id }: { id: string }) => ids.push(id),
    onResync: () => undefined,
    onState: () => undefined,
  };
  return { ids, unfollow: live.follow({ workspaceId: 'w', filter, after }, listener) };
}

type Step =
  | { readonly kind: 'open' }
  | { readonly kind: 'close' | 'crash' | 'freeze' | 'thaw' | 'unfollow'; readonly which: number }
  | { readonly kind: 'follow'; readonly which: number; readonly type: number; readonly back: number }
  | { readonly kind: 'write'; readonly type: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'pass'; readonly ms: number };

const which = fc.nat(9);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('open' as const) }) },
    fc.record({ kind: fc.constantFrom('close' as const, 'crash' as const, 'freeze' as const, 'thaw' as const), which }),
    fc.record({ kind: fc.constant('unfollow' as const), which }),
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('follow' as const), which, type: fc.nat(4), back: fc.nat(3) }),
    },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), type: fc.nat(2) }) },
    fc.record({ kind: fc.constant('drop' as const) }),
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(0, 10, 60, 700, 5_000) }),
    },
  ),
  { maxLength: 60 },
);

test('whatever tabs, streams and the network do, each follower hears what it follows once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const browser = new TestBrowser();
      const tabs: TestTab[] = [browser.openTab()];
      const followers: { tab: TestTab; filter: ActivityFilter; from: number; follower: ReturnType<typeof follow> }[] =
        [];
      const book: string[] = [];
      for (const step of taken) {
        const tab = 'which' in step ? tabs[step.which % Math.max(1, tabs.length)] : undefined;
        if (step.kind === 'open') tabs.push(browser.openTab());
        else if (step.kind === 'write') book.push(browser.server.write({ type: TYPES[step.type] ?? '' }).type);
        else if (step.kind === 'drop') browser.server.drop();
        else if (step.kind === 'pass') await browser.advance(step.ms);
        else if (tab === undefined) continue;
        else if (step.kind === 'follow') {
          const filter = step.type > 2 ? {} : { types: [TYPES[step.type] ?? ''] };
          const from = Math.max(0, book.length - step.back);
          followers.push({ tab, filter, from, follower: follow(tab, filter, `1.${from}`) });
        } else if (step.kind === 'unfollow') {
          const left = followers.splice(step.which % Math.max(1, followers.length), 1);
          for (const { tab: of, follower } of left) of.run(follower.unfollow);
        } else if (step.kind === 'freeze') tab.freeze();
        else if (step.kind === 'thaw') tab.thaw();
        else {
          if (step.kind === 'close') tab.close();
          else tab.crash();
          tabs.splice(tabs.indexOf(tab), 1);
        }
      }
      for (const tab of tabs) tab.thaw();
      await browser.advance(90_000);
      book.push(browser.server.write({ type: 'A' }).type);
      await browser.advance(1_000);
      for (const { tab, filter, from, follower } of followers) {
        if (!tab.isAlive) continue;
        const matches = compileFilter(filter);
        const expected = book
          .map((type, index) => liveEvent(index + 1, { type }).view)
          .filter((view) => view.position > from && matches(view));
        expect(follower.ids).toEqual(expected.map(({ id }) => id));
      }
      expect(browser.server.streams.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 500 },
  );
});
