import type { Services } from '#api/services.ts';

/** The one name under which server components find the running services; web/server reads it. */
const SERVICES = Symbol.for('historybook');

/** Lets pages that are rendered in this process reach the running services, and not make a second set. */
export function exposeServices(services: Services): void {
  Object.defineProperty(globalThis, SERVICES, { value: services, configurable: true });
}
