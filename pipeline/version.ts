import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SQL_ROOT } from './sql-files.ts';

/** Version of the code that made a result: stands in every manifest. */
export const VERSION: string = JSON.parse(readFileSync(join(dirname(SQL_ROOT), 'package.json'), 'utf8')).version;
