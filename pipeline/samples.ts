import { dirname, join } from 'node:path';
import { SQL_ROOT } from './warehouse.ts';

/** Folder of the sample brand, in a checkout and in an installed package. */
export const SAMPLES = join(dirname(SQL_ROOT), 'data-samples');
