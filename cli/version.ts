import { VERSION } from '../pipeline/version.ts';
import { print } from './terminal.ts';

/** Version of this program. */
export function versionCommand(): void {
  print(VERSION);
}
