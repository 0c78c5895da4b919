import { defineConfig } from 'prisma/config';

/**
 * Read by the Prisma command line alone. It names no database: the application applies migrations itself, and
 * `npx prisma studio --url "$(npm run -s db:url)"` opens the one that runs.
 */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
});
