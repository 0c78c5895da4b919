import type { Metadata } from 'next';
import { QueuePage } from '#web/features/retry-queue/queue-page.tsx';

export const metadata: Metadata = { title: 'Retry queue' };

export default function Page() {
  return <QueuePage />;
}
