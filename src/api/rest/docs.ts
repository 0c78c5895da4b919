import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { registerStreamDocs } from '../stream/openapi.ts';
import { documentOf, registerCommon } from './openapi/document.ts';
import type { RestApp } from './route.ts';

const ASSETS = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Historybook API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<main id="swagger-ui"></main>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`;
const START = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui', deepLinking: true, tryItOutEnabled: false });\n`;

/** The OpenAPI 3.1 document, and a page to read it. Both are open to everybody: they hold no data. */
export function registerDocs(app: RestApp): void {
  registerCommon(app);
  registerStreamDocs(app);

  // Made when it is asked for the first time: by then every route is registered, and none comes later.
  let document: ReturnType<typeof documentOf> | undefined;
  app.get('/api/openapi.json', (c) => {
    document ??= documentOf(app);
    return c.json(document);
  });
  app.get('/api/docs', (c) => c.html(PAGE));
  app.get('/api/docs/start.js', (c) => c.body(START, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  for (const [file, type] of [
    ['swagger-ui.css', 'text/css; charset=utf-8'],
    ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ] as const) {
    app.get(`/api/docs/${file}`, async (c) => {
      const bytes = await readFile(join(ASSETS, file));
      return c.body(bytes, 200, { 'content-type': type, 'cache-control': 'public, max-age=86400' });
    });
  }
}
