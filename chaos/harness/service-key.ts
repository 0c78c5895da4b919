/** The key with which the application under test is started, and clients come. */
export const SERVICE_KEY = 'hb_chaos_0123456789abcdef';
