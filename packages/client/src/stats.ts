/** What became of everything that was logged: logged + recovered = queued + acknowledged + rejected + dropped + damaged. */
export interface Stats {
  /** Events handed to log() and logLeadActivity(). */
  readonly logged: number;
  /** Events found in the spools of processes that are gone. */
  readonly recovered: number;
  /** Waiting now, in memory or on disk. */
  readonly queued: number;
  /** Of those waiting, how many would survive a crash of this process. */
  readonly onDisk: number;
  /** Events that were sent, each as often as it was. */
  readonly sent: number;
  /** Of those, how many had been sent before. */
  readonly retried: number;
  /** Taken by the server for good. */
  readonly acknowledged: number;
  /** Of those, how many it had already. */
  readonly duplicates: number;
  /** Events written to the own spool. */
  readonly spooled: number;
  /** Refused for good, by the server or because they could not be sent. */
  readonly rejected: number;
  /** Given up for want of room, or because the client was closed. */
  readonly dropped: number;
  /** Events on the disk that could not be read back (what was left of them is set aside), or that another process took. */
  readonly damaged: number;
  /** Bytes of the spool in use, and of the memory. */
  readonly spoolBytes: number;
  readonly memoryBytes: number;
  /** `paused`: the server refuses everything until something is put right; `waiting`: for the next try. */
  readonly state: 'idle' | 'sending' | 'waiting' | 'paused' | 'closed';
  /** Why the last request failed; undefined after one that did not. */
  readonly lastError: string | undefined;
}

/** The part of the statistics that only grows. */
export type Counts = {
  -readonly [Name in CountName]: number;
};
type CountName =
  | 'logged'
  | 'recovered'
  | 'sent'
  | 'retried'
  | 'acknowledged'
  | 'duplicates'
  | 'spooled'
  | 'rejected'
  | 'dropped'
  | 'damaged';

export function createCounts(): Counts {
  return {
    logged: 0,
    recovered: 0,
    sent: 0,
    retried: 0,
    acknowledged: 0,
    duplicates: 0,
    spooled: 0,
    rejected: 0,
    dropped: 0,
    damaged: 0,
  };
}
