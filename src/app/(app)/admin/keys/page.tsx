import type { Metadata } from 'next';
import { KeysPage } from '#web/features/keys/keys-page.tsx';

export const metadata: Metadata = { title: 'Service keys' };

export default function Page() {
  return <KeysPage />;
}
