import { browserTimers } from './browser-timers.ts';
import { LiveTab } from './tab.ts';
import { trpcTransport } from './trpc-transport.ts';
import type { Channel, ChannelMessage } from './types.ts';

/** Part of the name, so that tabs that were loaded before an update and after it do not talk past each other. */
const CHANNEL = 'historybook-live-1';

let tab: LiveTab | undefined;

/** This tab's part in the live stream; made when the first feed is followed. */
export function browserTab(): LiveTab {
  tab ??= openTab();
  return tab;
}

/** There is reason to hope that the stream can be had now. */
export function wakeLive(): void {
  tab?.wake();
}

function openTab(): LiveTab {
  const opened = new LiveTab({
    id: randomId(),
    openChannel,
    locks: navigator.locks,
    transport: trpcTransport(),
    timers: browserTimers,
    isVisible: () => document.visibilityState === 'visible',
  });
  opened.start();
  // A page that is put away must not keep the lead; it may be brought back as it was.
  addEventListener('pagehide', () => opened.stop());
  addEventListener('pageshow', () => opened.start());
  addEventListener('online', () => opened.wake());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') opened.wake();
  });
  return opened;
}

/** `crypto.randomUUID` is missing on pages that are not secure. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join('');
}

function openChannel(): Channel {
  const channel = new BroadcastChannel(CHANNEL);
  return {
    post: (message) => channel.postMessage(message),
    listen: (listener) =>
      channel.addEventListener('message', ({ data }: MessageEvent<ChannelMessage>) => listener(data)),
    close: () => channel.close(),
  };
}
