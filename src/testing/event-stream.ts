/** One event of a stream, as an EventSource hands it over. */
export interface StreamEvent {
  /** The id in force when it came: its own, or the last one before. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

export interface EventStreamOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly lastEventId?: string;
}

/** A client of server-sent events that does what a browser's EventSource does, reconnecting included. */
export interface EventStream {
  /** All events so far, over all connections. */
  readonly events: readonly StreamEvent[];
  /** How often it has connected. */
  readonly connections: number;
  /** Resolves once a connection stands, the first or any later one. */
  connected(times?: number): Promise<void>;
  /** Resolves when the events so far satisfy `isEnough`. */
  until(isEnough: (events: readonly StreamEvent[]) => boolean): Promise<void>;
  /** Resolves with the status that ended it: any but 200 does, as in a browser. */
  readonly refused: Promise<number>;
  close(): void;
}

/** Opens the stream at `url()`, asked anew for each connection; waits `retry` milliseconds between two, 50 at first. */
export function openEventStream(
  url: () => string,
  { headers, lastEventId = '' }: EventStreamOptions = {},
): EventStream {
  const abort = new AbortController();
  const events: StreamEvent[] = [];
  const watchers = new Set<() => void>();
  let connections = 0;
  let id = lastEventId;
  let retryMs = 50;
  let refuse: (status: number) => void = () => undefined;
  const refused = new Promise<number>((resolve) => {
    refuse = resolve;
  });

  const notice = () => {
    for (const watcher of watchers) watcher();
  };
  const when = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isSo()) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
    });

  const take = (block: string) => {
    let event = 'message';
    const data: string[] = [];
    for (const line of block.split('\n')) {
      const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (field === 'id') id = value;
      else if (field === 'event') event = value;
      else if (field === 'data') data.push(value);
      else if (field === 'retry') retryMs = Number(value);
    }
    if (data.length > 0) events.push({ id, event, data: data.join('\n') });
  };

  const connect = async () => {
    const answer = await fetch(url(), {
      headers: { accept: 'text/event-stream', ...headers, ...(id && { 'last-event-id': id }) },
      signal: abort.signal,
    });
    if (answer.status !== 200 || !answer.body) {
      refuse(answer.status);
      abort.abort();
      return;
    }
    connections += 1;
    notice();
    let text = '';
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split(/\n\n+/);
      text = blocks.pop() ?? '';
      for (const block of blocks) take(block);
      notice();
    }
  };

  const run = async () => {
    while (!abort.signal.aborted) {
      // A connection that was not made, or broke, is tried again; that is what this client is for.
      await connect().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  };
  void run();

  return {
    events,
    get connections() {
      return connections;
    },
    connected: (times = 1) => when(() => connections >= times),
    until: (isEnough) => when(() => isEnough(events)),
    refused,
    close: () => abort.abort(),
  };
}
