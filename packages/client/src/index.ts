/**
 * @historybook/client: logs events to Historybook. See the README beside this package.
 */
export {
  EVENT_CATEGORIES,
  EVENT_TYPES,
  type EventCategory,
  type EventMetadata,
  type EventType,
} from './catalogue.ts';
export type { CustomEvent, HistorybookEvent, LeadActivity, LeadActivityRecord } from './event.ts';
export { createHistorybook, type Historybook, type Leftover, type Logged } from './historybook.ts';
export type { FormerDestination, HistorybookOptions } from './options.ts';
export type { ErrorCode, ErrorReport, RejectedReport } from './reports.ts';
export type { AppendFile, SpoolFiles } from './spool/files.ts';
export { diskFiles } from './spool/files.ts';
export type { Stats } from './stats.ts';
