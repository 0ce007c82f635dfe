/** A load that cannot be run or prepared as asked; the message is for people and says what to do. */
export class LoadError extends Error {}

/** Nothing answers where the server should be. */
export class LoadServerNotReachedError extends LoadError {}
