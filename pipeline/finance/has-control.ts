import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ControlPlace, homeOf } from '../control/open-control.ts';

/** Whether there is a control store to ask: one that `DATABASE_URL` names, or one of our own that was made before. */
export function hasControl(place: ControlPlace): boolean {
  return Boolean(process.env.DATABASE_URL) || existsSync(join(homeOf(place), 'postgres', 'data'));
}
