'use client';

import Link from 'next/link';
import { type ComponentProps, useState } from 'react';

type AppLinkProps = Omit<ComponentProps<typeof Link>, 'prefetch'>;

/** A link of the app. Its page is fetched ahead when somebody points at it, not for every link that is in view. */
export function AppLink({ onMouseEnter, onFocus, ...others }: AppLinkProps) {
  const [pointedAt, setPointedAt] = useState(false);
  return (
    <Link
      {...others}
      prefetch={pointedAt ? null : false}
      onMouseEnter={(event) => {
        setPointedAt(true);
        onMouseEnter?.(event);
      }}
      onFocus={(event) => {
        setPointedAt(true);
        onFocus?.(event);
      }}
    />
  );
}
