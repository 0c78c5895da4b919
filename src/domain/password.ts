/** How long a password may be, in characters. */
export const PASSWORD_LENGTH = { min: 8, max: 128 } as const;

/** The same as a rule for people. */
export const PASSWORD_RULE = `From ${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters`;
