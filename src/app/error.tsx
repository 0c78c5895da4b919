'use client';

import { PageError } from '#web/ui/page-error.tsx';

interface ErrorProps {
  readonly error: Error & { digest?: string };
  readonly retry: () => void;
}

export default function ErrorPage({ error, retry }: ErrorProps) {
  return (
    <main>
      <PageError digest={error.digest} onRetry={retry} />
    </main>
  );
}
