import type { Metadata } from 'next';
import { ParityPage } from '#web/features/parity/parity-page.tsx';

export const metadata: Metadata = { title: 'Parity' };

export default function Page() {
  return <ParityPage />;
}
