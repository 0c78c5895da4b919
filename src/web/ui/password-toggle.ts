/** The button in a password field that shows what was typed: named, and within reach of the keyboard. */
export const PASSWORD_TOGGLE = { 'aria-label': 'Show or hide the password', tabIndex: 0 };
