/**
 * EventSource as the HTML standard describes it (section 9.2, Server-sent events), over fetch: what a browser does with
 * a stream, for tests in Node. Node's own is behind a flag.
 */
export interface ParsedEvent {
  readonly type: string;
  readonly data: string;
  readonly lastEventId: string;
}

/** Interprets an event stream, chunk by chunk. */
export class EventStreamParser {
  lastEventId = '';
  retryMs: number | undefined;
  #text = '';
  #endsWithCr = false;
  #isFirst = true;
  #type = '';
  #data: string[] = [];

  /** The events that this chunk completes. */
  push(chunk: string): ParsedEvent[] {
    let text = chunk;
    if (this.#isFirst && text !== '') {
      this.#isFirst = false;
      text = text.replace(/^\uFEFF/, '');
    }
    // A carriage return at the end of a chunk has ended its line already: a line feed that follows belongs to it.
    if (this.#endsWithCr && text.startsWith('\n')) text = text.slice(1);
    if (chunk !== '') this.#endsWithCr = text.endsWith('\r');
    const lines = (this.#text + text).split(/\r\n|\n|\r/);
    this.#text = lines.pop() ?? '';
    return lines.flatMap((line) => this.#take(line) ?? []);
  }

  #take(line: string): ParsedEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#type = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.lastEventId = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
    return undefined;
  }

  #dispatch(): ParsedEvent | undefined {
    const data = this.#data;
    const type = this.#type || 'message';
    this.#data = [];
    this.#type = '';
    return data.length === 0 ? undefined : { type, data: data.join('\n'), lastEventId: this.lastEventId };
  }
}

export class TestEventSource extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSED = 2;
  readonly url: string;
  readyState = 0;
  readonly #abort = new AbortController();
  #lastEventId = '';
  #retryMs = 20;

  constructor(url: string) {
    super();
    this.url = url;
    void this.#run();
  }

  close(): void {
    this.readyState = this.CLOSED;
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    while (this.readyState !== this.CLOSED) {
      const isRefused = await this.#connect().catch(() => false);
      if (this.#abort.signal.aborted) return;
      this.readyState = isRefused ? this.CLOSED : this.CONNECTING;
      this.dispatchEvent(new Event('error'));
      if (this.readyState === this.CONNECTING) await new Promise((resolve) => setTimeout(resolve, this.#retryMs));
    }
  }

  /** Returns true when the answer is none to connect again for, false when the stream ended. */
  async #connect(): Promise<boolean> {
    const headers = new Headers({ accept: 'text/event-stream', 'cache-control': 'no-store' });
    if (this.#lastEventId !== '') headers.set('last-event-id', this.#lastEventId);
    const answer = await fetch(this.url, { headers, signal: this.#abort.signal });
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    if (answer.status !== 200 || !isStream || !answer.body) return true;
    this.readyState = this.OPEN;
    this.dispatchEvent(new Event('open'));
    const parser = new EventStreamParser();
    parser.lastEventId = this.#lastEventId;
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      for (const { type, data, lastEventId } of parser.push(chunk)) {
        if (this.#abort.signal.aborted) return false;
        this.#lastEventId = lastEventId;
        this.dispatchEvent(new MessageEvent(type, { data, lastEventId }));
      }
      this.#lastEventId = parser.lastEventId;
      this.#retryMs = parser.retryMs ?? this.#retryMs;
    }
    return false;
  }
}
