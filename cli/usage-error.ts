/** The command was written in a way that it cannot be carried out; nothing was done. The message says what to write. */
export class UsageError extends Error {}
