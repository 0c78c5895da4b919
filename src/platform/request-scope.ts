import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from '@opentelemetry/api';

/** What is known of the request that is being answered, wherever its work is done. Filled in on the way. */
export interface RequestScope {
  /** Leads from the answer to its log lines. */
  readonly id: string;
  /** The pattern of its address, never the address with its values. */
  route: string;
  /** Under which route it is counted, where that is another: the names of counters must stay few. */
  group: string | undefined;
  /** Who asks, once that is known. */
  callerKind: 'user' | 'key' | undefined;
  workspaceId: string | undefined;
  /** Of the trace, when traces are on. */
  readonly span: Span | undefined;
}

const scopes = new AsyncLocalStorage<RequestScope>();

/** Does `work`, and all that follows from it, as part of this request. */
export function inRequest<T>(scope: RequestScope, work: () => T): T {
  return scopes.run(scope, work);
}

/** The request whose work this is; undefined in the background. */
export function currentRequest(): RequestScope | undefined {
  return scopes.getStore();
}

/** Says under which pattern the current request was answered. */
export function noteRoute(route: string, group?: string): void {
  const scope = scopes.getStore();
  if (!scope) return;
  scope.route = route;
  scope.group = group;
}

/** Says who asks. */
export function noteCaller({
  kind,
  workspaceId,
}: {
  readonly kind: 'user' | 'key';
  readonly workspaceId: string;
}): void {
  const scope = scopes.getStore();
  if (!scope) return;
  scope.callerKind = kind;
  scope.workspaceId = workspaceId;
}
