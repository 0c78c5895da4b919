import type { Metadata } from 'next';
import { WorkspacesPage } from '#web/features/workspaces/workspaces-page.tsx';

export const metadata: Metadata = { title: 'All workspaces' };

export default function Page() {
  return <WorkspacesPage />;
}
