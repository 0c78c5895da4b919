/** The digest of the error in which a page ends while the database is away: all that a browser gets to know of it. */
export const UNREACHABLE_DIGEST = 'BOOK_UNREACHABLE';
