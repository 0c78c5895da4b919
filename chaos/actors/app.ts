/**
 * The application without its pages, as the process that campaigns kill. Its environment is that of `npm start`; its
 * parent can set its clock and break the disk of its spool.
 */
import { fileURLToPath } from 'node:url';
import { loadConfig } from '#platform/config.ts';
import { createLogger } from '#platform/log.ts';
import { chooseProductionCode } from '#platform/production.ts';
import { createApplication } from '#runtime/application.ts';
import { createBreakableDisk, type DiskFault } from './disk.ts';
import { setClock } from './set-clock.ts';

/** What the parent may ask for; each is answered. */
export type AppOrder =
  | { readonly kind: 'disk'; readonly fault: DiskFault | undefined }
  | { readonly kind: 'clock'; readonly offsetMs: number };

export type AppReply = { readonly url: string } | { readonly done: true; readonly failed: number };

chooseProductionCode();
const config = loadConfig();
const disk = createBreakableDisk();
const tell = (reply: AppReply) => process.send?.(reply);

process.on('message', (order: AppOrder) => {
  if (order.kind === 'disk') disk.breakBy(order.fault);
  else setClock(order.offsetMs);
  tell({ done: true, failed: disk.failed });
});
setClock(Number(process.env.CHAOS_CLOCK_OFFSET_MS ?? 0));

const application = createApplication({
  config,
  log: createLogger({ level: config.logLevel }),
  root: fileURLToPath(new URL('../..', import.meta.url)),
  withoutPages: true,
  ...(process.env.CHAOS_DISK && { spoolFiles: disk.files }),
});
const stop = () => void application.stop().then(() => process.exit(0));
process.on('disconnect', stop);
process.on('SIGTERM', stop);
await application.start();
tell({ url: application.url });
