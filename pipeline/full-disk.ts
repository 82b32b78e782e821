import { InputError } from '../models/errors.ts';

/** A full disk as something the caller can mend; any other failure as it is. */
export function fullDisk(cause: unknown, where: string): unknown {
  const code = (cause as NodeJS.ErrnoException)?.code;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return cause;
  return new InputError(
    'disk_full',
    `${where}: no space left on the disk; free some space and run the same command again, nothing was kept half`,
    { cause },
  );
}
