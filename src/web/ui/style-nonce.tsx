'use client';

declare global {
  /** Read by libraries that add style elements of their own: here, the one that locks scrolling behind a dialog. */
  var __webpack_nonce__: string | undefined;
}

/** Makes the nonce known before the first dialog opens; draws nothing. */
export function StyleNonce({ nonce }: { readonly nonce: string }) {
  globalThis.__webpack_nonce__ = nonce;
  return null;
}
