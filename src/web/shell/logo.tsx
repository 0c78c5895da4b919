/** The mark: an open book whose right page is a timeline. */
export function Logo({ size = 24 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <path
        d="M16 8.5C13.4 6.6 9.6 5.8 4.5 6v19c5.1-.2 8.9.6 11.5 2.5 2.6-1.9 6.4-2.7 11.5-2.5V6c-5.1-.2-8.9.6-11.5 2.5Z"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinejoin="round"
      />
      <path d="M16 8.5v19" stroke="currentColor" strokeWidth="2" />
      <path d="M21.75 12v8.5" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
      <circle cx="21.75" cy="11.5" r="1.9" fill="currentColor" />
      <circle cx="21.75" cy="16.2" r="1.9" fill="currentColor" />
      <circle cx="21.75" cy="20.9" r="1.9" fill="currentColor" />
    </svg>
  );
}
