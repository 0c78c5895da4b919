import type { Metadata } from 'next';
import { HomePage } from '#web/features/home/home-page.tsx';

export const metadata: Metadata = { title: 'Home' };

export default function Page() {
  return <HomePage />;
}
