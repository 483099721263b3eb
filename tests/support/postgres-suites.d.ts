/** The folders under tests whose suites run on PostgreSQL too. */
export declare const folders: readonly string[];
/** The start of each path with tests of PostgreSQL alone. */
export declare const ofPostgres: readonly string[];
/** Suites of the folders that run only on SQLite, with the reason. */
export declare const onSqliteOnly: Readonly<Record<string, string>>;
/** Those that `npm test` runs; `npm run test:postgres` runs all. */
export declare const inEveryRun: readonly string[];
/** @returns paths of the suites that run on PostgreSQL too: all of them, or those of every run */
export declare function onPostgres(options: { readonly all: boolean }): string[];
/** Whether a test file opens services; what is known of others is kept in the map. */
export declare function opensServices(file: string, reach: Map<string, boolean>): boolean;
