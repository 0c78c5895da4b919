import { createService, type ManagedService, type Service, ServiceError } from './service.ts';

export interface ServiceGroupOptions {
  readonly name: string;
  /** In the order in which they start; they stop in reverse. Each may rely on those before it. */
  readonly services: readonly Service[];
  /** How long one member may take to stop before the group goes on without it, in milliseconds. */
  readonly stopTimeoutMs?: number;
}

const DEFAULT_STOP_TIMEOUT_MS = 30_000;

/**
 * Services that live and die together, itself a Service. When one does not start, those before it are stopped and the
 * error names the one. When one does not stop, or not in time, the others are stopped all the same; the error names
 * every one that failed.
 */
export function createServiceGroup(options: ServiceGroupOptions): ManagedService {
  const timeoutMs = options.stopTimeoutMs ?? DEFAULT_STOP_TIMEOUT_MS;
  return createService({
    name: options.name,
    async start(signal) {
      const touched: Service[] = [];
      // A stop during the start reaches the member that is starting at that moment, not only the next one.
      const onAbort = () =>
        void touched
          .at(-1)
          ?.stop()
          .catch(() => undefined);
      signal.addEventListener('abort', onAbort);
      try {
        for (const service of options.services) {
          signal.throwIfAborted();
          touched.push(service);
          await service.start();
        }
      } catch (error) {
        await stopInReverse(touched, timeoutMs).catch((stopError) => {
          throw new AggregateError([error, stopError], `${messageOf(error)}; then ${messageOf(stopError)}`);
        });
        throw error;
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
      return () => stopInReverse(touched, timeoutMs);
    },
  });
}

async function stopInReverse(services: readonly Service[], timeoutMs: number): Promise<void> {
  const failures: unknown[] = [];
  for (const service of services.toReversed()) {
    await withTimeout(service, timeoutMs).catch((error) => failures.push(error));
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, failures.map(messageOf).join('; '));
}

async function withTimeout(service: Service, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new ServiceError(service.name, 'stop', new Error(`still running after ${timeoutMs} ms`));
    timer = setTimeout(() => reject(error), timeoutMs);
  });
  try {
    await Promise.race([service.stop(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
