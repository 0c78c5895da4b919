import type { Metadata } from 'next';
import { FeedPage } from '#web/features/feed/feed-page.tsx';

export const metadata: Metadata = { title: 'Activity logs' };

export default function Page() {
  return <FeedPage />;
}
