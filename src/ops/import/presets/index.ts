import { type ImportMapping, importMapping } from '#domain/import-mapping.ts';
import { crmSalesPipeline } from './crm-sales-pipeline.ts';
import { smsAudit } from './sms-audit.ts';

/** The mappings that come with the program. */
export const PRESETS: readonly ImportMapping[] = [smsAudit, crmSalesPipeline].map((preset) =>
  importMapping.parse(preset),
);
