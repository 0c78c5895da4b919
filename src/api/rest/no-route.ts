import type { Context } from 'hono';
import { AppError } from '#domain/errors.ts';
import { type RestEnv, routePermissions } from './route.ts';

/** Answers what no route has taken: 405 with Allow where the path exists for other methods, else 404. */
export function answerNoRoute(c: Context<RestEnv>): Response {
  const methods = methodsOf(c.req.path);
  if (methods.length === 0) return c.json(new AppError('NOT_FOUND').toBody(c.var.requestId), 404);
  const allow = methods.join(', ');
  const message = `${c.req.path} takes ${allow}, not ${c.req.method}.`;
  c.header('Allow', allow);
  return c.json(new AppError('METHOD_NOT_ALLOWED', { message }).toBody(c.var.requestId), 405);
}

/** The methods for which a path exists. */
function methodsOf(path: string): string[] {
  const found = [...routePermissions.keys()].flatMap((route) => {
    const [method = '', template = ''] = route.split(' ');
    return isMatch(template, path) ? [method] : [];
  });
  return [...new Set(found)].toSorted();
}

function isMatch(template: string, path: string): boolean {
  const [wanted, given] = [template.split('/'), path.split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => part === given[i] || (part.startsWith('{') && given[i] !== ''))
  );
}
