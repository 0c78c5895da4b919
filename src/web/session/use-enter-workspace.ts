'use client';

import { trpc } from '../trpc/client.ts';
import { toastError } from '../ui/toast.ts';

/** Goes to another workspace. The page is loaded anew, so that nothing of the former one stays. */
export function useEnterWorkspace() {
  return trpc.session.switchWorkspace.useMutation({
    onSuccess: () => window.location.assign('/'),
    onError: (error) => toastError('The workspace could not be changed', error),
  });
}
