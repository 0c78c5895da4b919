import type { Metadata } from 'next';
import { LeadsPage } from '#web/features/leads/leads-page.tsx';

export const metadata: Metadata = { title: 'Leads' };

export default function Page() {
  return <LeadsPage />;
}
