/** Behind BEGIN: tells the embedded database's own server that nobody waits for this transaction; any other takes it for the comment that it is. */
export const BACKGROUND = ' /* background */';
