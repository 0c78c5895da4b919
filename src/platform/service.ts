/**
 * The one contract of everything that runs in the background.
 *
 *   idle ──start()──▶ starting ──▶ running ──stop()──▶ stopping ──▶ stopped
 *     │                  │  └──fails──▶ stopped                        ▲
 *     └─────stop()───────┴──stop() aborts the start, waits for it──────┘
 *
 * start() and stop() may be called any number of times, from anywhere, in any order; every caller of start() gets the
 * same outcome, so does every caller of stop(). A service lives once: what was stopped does not start again.
 */
export interface Service {
  readonly name: string;
  /** Resolves when the service does its job. Rejects with ServiceError when it cannot, or was stopped meanwhile. */
  start(): Promise<void>;
  /** Resolves when nothing of it runs any more. Rejects with ServiceError when that could not be had. */
  stop(): Promise<void>;
}

type ServiceState = 'idle' | 'starting' | 'running' | 'stopping' | 'stopped';

/** A failure that names the service and what it was doing; the reason is its `cause`. */
export class ServiceError extends Error {
  readonly service: string;
  readonly phase: 'start' | 'stop';
  constructor(service: string, phase: 'start' | 'stop', cause: unknown) {
    super(`${service} did not ${phase}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'ServiceError';
    this.service = service;
    this.phase = phase;
  }
}

/** Ends what was started. Called at most once. */
type Stopper = () => Promise<void> | void;

export interface ServiceDefinition {
  readonly name: string;
  /**
   * Brings the service up and returns how to end it. The signal aborts when stop() comes before the start is over: give
   * up early, or finish; a stopper returned after that is still called. What a start that throws has
   * already taken, it gives back itself.
   */
  start(signal: AbortSignal): Promise<Stopper | undefined> | Stopper | undefined;
}

export interface ManagedService extends Service {
  readonly state: ServiceState;
}

/** Wraps a start function into the contract above, so that no service writes its own state machine. */
export function createService(definition: ServiceDefinition): ManagedService {
  const { name } = definition;
  const abort = new AbortController();
  let state: ServiceState = 'idle';
  let stopper: Stopper | undefined;
  let starting: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;

  const bringUp = async () => {
    try {
      stopper = await definition.start(abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) state = 'stopped';
      throw new ServiceError(name, 'start', error);
    }
    if (abort.signal.aborted) throw new ServiceError(name, 'start', abort.signal.reason);
    state = 'running';
  };

  const bringDown = async () => {
    state = 'stopping';
    abort.abort(new Error('stopped while starting'));
    try {
      await starting?.catch(() => undefined);
      await stopper?.();
    } catch (error) {
      throw new ServiceError(name, 'stop', error);
    } finally {
      state = 'stopped';
    }
  };

  return {
    name,
    get state() {
      return state;
    },
    start() {
      if (starting === undefined) {
        if (stopping !== undefined)
          return Promise.reject(new ServiceError(name, 'start', new Error('already stopped')));
        state = 'starting';
        starting = bringUp();
      }
      return starting;
    },
    stop() {
      stopping ??= bringDown();
      return stopping;
    },
  };
}
