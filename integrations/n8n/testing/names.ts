/** The workflows by name, and what each is executed from. */
export const SCHEDULER = 'UYSP-Kajabi-SMS-Scheduler';
export const CALENDLY = 'UYSP-Calendly-Booked';
export const REPLIES = 'UYSP-SimpleTexting-Reply-Handler';
export const DELIVERY = 'UYSP-ST-Delivery V2';
export const DRAIN = 'UYSP-Retry-Queue-Drain';

export const TRIGGERS: Readonly<Record<string, string>> = {
  [SCHEDULER]: 'Every 15 Minutes',
  [CALENDLY]: 'Calendly Webhook',
  [REPLIES]: 'SimpleTexting Reply',
  [DELIVERY]: 'SimpleTexting Delivery',
  [DRAIN]: 'Every 5 Minutes',
};
