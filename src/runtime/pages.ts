import type { RequestListener } from 'node:http';
import next from 'next';

/** Next's renderer of the built pages, without a server of its own. */
export async function createPages(dir: string): Promise<{ handler: RequestListener; close(): Promise<void> }> {
  const app = next({ dev: false, dir, quiet: true });
  await app.prepare();
  const handle = app.getRequestHandler();
  return { handler: (req, res) => void handle(req, res), close: () => app.close() };
}
