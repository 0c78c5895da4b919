import type { Principal } from '#domain/principal.ts';
import type { Services } from '../services.ts';

/** What a stream is served with. */
export interface StreamDeps {
  readonly services: Services;
  readonly authenticate: (headers: Headers) => Promise<Principal | null>;
}
