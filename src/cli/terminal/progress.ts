import { Presets, SingleBar } from 'cli-progress';

/** How far something is: a bar on a terminal, a plain line now and then anywhere else. */
export interface Progress {
  /** `done` of `total` bytes; `words` say the rest. */
  show(done: number, total: number, words: string): void;
  end(): void;
}

const PLAIN_EVERY_MS = 5_000;

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? createBar(stream) : createLines(stream);
}

function createBar(stream: NodeJS.WriteStream): Progress {
  const bar = new SingleBar(
    { stream, format: '{bar} {percentage}%  {words}', hideCursor: true, fps: 8, forceRedraw: true, barsize: 28 },
    Presets.shades_classic,
  );
  let isBegun = false;
  return {
    show(done, total, words) {
      if (isBegun) bar.update(done, { words });
      else bar.start(Math.max(total, 1), done, { words });
      isBegun = true;
    },
    end() {
      if (isBegun) bar.stop();
    },
  };
}

function createLines(stream: NodeJS.WriteStream): Progress {
  let toldAt = Number.NEGATIVE_INFINITY;
  return {
    show(done, total, words) {
      const now = performance.now();
      if (now - toldAt < PLAIN_EVERY_MS) return;
      toldAt = now;
      stream.write(`${total === 0 ? 100 : Math.floor((done / total) * 100)}%  ${words}\n`);
    },
    end: () => undefined,
  };
}

/** Rows a second since the beginning, and how long it will still take. */
export function createRate(now: () => number = () => performance.now()) {
  const startedAt = now();
  let firstBytes: number | undefined;
  let firstRecords = 0;
  return (records: number, bytes: number, total: number): string => {
    if (firstBytes === undefined) {
      firstBytes = bytes;
      firstRecords = records;
    }
    const seconds = (now() - startedAt) / 1000;
    const rate = seconds > 0 ? (records - firstRecords) / seconds : 0;
    const byteRate = seconds > 0 ? (bytes - firstBytes) / seconds : 0;
    const left = byteRate > 0 ? ` · ${span((total - bytes) / byteRate)} left` : '';
    return `${Math.round(rate).toLocaleString('en')} records/s${left}`;
  };
}

/** A time in the units that fit it: 42 s, 3 min 10 s, 2 h 5 min. */
function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
