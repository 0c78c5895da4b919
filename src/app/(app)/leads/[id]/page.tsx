import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { UUID_PATTERN } from '#domain/ids.ts';
import { LeadPage } from '#web/features/leads/lead-page.tsx';

export const metadata: Metadata = { title: 'Lead' };

interface LeadRouteProps {
  readonly params: Promise<{ readonly id: string }>;
}

export default async function Page({ params }: LeadRouteProps) {
  const { id } = await params;
  if (!UUID_PATTERN.test(id)) notFound();
  return <LeadPage id={id.toLowerCase()} />;
}
