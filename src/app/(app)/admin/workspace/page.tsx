import type { Metadata } from 'next';
import { WorkspacePage } from '#web/features/workspaces/workspace-page.tsx';

export const metadata: Metadata = { title: 'Workspace' };

export default function Page() {
  return <WorkspacePage />;
}
