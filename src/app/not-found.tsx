import type { Metadata } from 'next';
import { NotFound } from '#web/ui/not-found.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function Page() {
  return (
    <main>
      <NotFound />
    </main>
  );
}
