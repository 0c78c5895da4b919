import type { Metadata } from 'next';
import { ImportsPage } from '#web/features/imports/imports-page.tsx';

export const metadata: Metadata = { title: 'Import' };

export default function Page() {
  return <ImportsPage />;
}
