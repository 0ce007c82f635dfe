/** Name of the database of call records in the data folder. */
export const recordsDatabaseName = 'records.db'
