import type { Metadata } from 'next';
import { TypesPage } from '#web/features/types/types-page.tsx';

export const metadata: Metadata = { title: 'Event types' };

export default function Page() {
  return <TypesPage />;
}
