import type { RequestListener } from 'node:http';
import { createRequestListener } from '#api/http/server.ts';
import type { Services } from '#api/services.ts';
import { AppError } from '#domain/errors.ts';
import type { Service } from '#platform/service.ts';
import { type ContainerDeps, createContainer } from './container.ts';

/** What needs no database: services that are known log events, which go to the spool, and see how things stand. */
const OPEN_PATH = /^(\/api\/internal\/log-activity(\/batch)?\/?|\/api\/admin\/health|\/metrics)(\?|$)/;

export interface DegradedDeps extends Omit<ContainerDeps, 'databaseUrl' | 'outage'> {
  readonly pages: RequestListener;
  /** Why the database is not there, as it is known at the moment. */
  readonly reason: () => string;
}

export interface Degraded {
  readonly listener: RequestListener;
  /** For pages: every look at a session says that the book cannot be reached. */
  readonly services: Services;
  /** Tells Slack and webhooks that the database is away. */
  readonly outageWatch: Service;
}

/** For an embedded database that does not run: nobody answers there. */
const NOWHERE = 'postgresql://nobody@127.0.0.1:1/none';

/**
 * What the application serves before its database has ever answered: a container that is never started, its services shut
 * but for taking events by a service key.
 */
export function createDegraded({ pages, reason, ...parts }: DegradedDeps): Degraded {
  const databaseUrl = parts.config.databaseUrl ?? NOWHERE;
  const { services } = createContainer({ ...parts, databaseUrl, outage: reason() });
  const unavailable = () => Promise.reject(new AppError('UNAVAILABLE', { retryAfter: 2 }));
  const health = {
    ...services.health,
    readiness: async () => ({ ready: false, problems: ['database: not usable yet'] }),
  };
  const shut = { authenticate: unavailable, currentSession: unavailable, authHandler: unavailable };
  const closed: Services = { ...services, health, access: { ...services.access, ...shut } };
  const byKey: Services = {
    ...closed,
    access: {
      ...closed.access,
      async authenticate(headers) {
        const principal = await services.access.authenticate(headers);
        // A key that is not known here may have been made elsewhere since: nobody can say before the database is back.
        if (!principal && (headers.has('x-api-key') || headers.has('authorization'))) return unavailable();
        return principal;
      },
    },
  };
  const answerServices = createRequestListener({ services: byKey, pages });
  const answerOthers = createRequestListener({ services: closed, pages });
  return {
    services: closed,
    outageWatch: services.alerts.outageWatch,
    listener: (req, res) => (OPEN_PATH.test(req.url ?? '') ? answerServices : answerOthers)(req, res),
  };
}
