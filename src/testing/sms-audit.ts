const HEADER = [
  'Record ID',
  'Event',
  'Event Time',
  'Lead Record ID',
  'Phone',
  'Campaign ID',
  'Template ID',
  'SimpleTexting ID',
  'Message',
  'Workflow ID',
  'Execution ID',
];

/** How many messages SMS_Audit knows of; on the day of the incident the book got none of them. */
const DAYS = { '2025-09-16': 150, '2025-09-17': 852, '2025-09-18': 150 } as const;

export interface SmsAuditOptions {
  /** A day to leave out. */
  readonly without?: keyof typeof DAYS;
}

/** An export of SMS_Audit with the columns that the preset assumes: three days, New York time, sent from 8 in the morning on. */
export function smsAuditCsv({ without }: SmsAuditOptions = {}): string {
  const lines = Object.entries(DAYS).flatMap(([day, count]) => {
    if (day === without) return [];
    return Array.from({ length: count }, (_, i) => {
      const minute = 8 * 60 + Math.floor(i / 2);
      const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
      const id = `${day.replaceAll('-', '')}${String(i).padStart(4, '0')}`;
      const message = `"Hi, this is message ${i}, with a ""quote"""`;
      const lead = `recLead${String(i).padStart(6, '0')}`;
      const phone = `408555${String(i).padStart(4, '0')}`;
      return `rec${id},Sent,${day} ${time},${lead},${phone},chatgpt_use_cases,recTemplate1,${id},${message},kJMMZ10anu4NqYUL,${i}`;
    });
  });
  return `${[HEADER.join(','), ...lines].join('\r\n')}\r\n`;
}
