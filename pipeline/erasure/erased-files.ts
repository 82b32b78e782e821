import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A landed file out of which persons were taken: the bytes that it was, and those that it is now. */
export interface ErasedFile {
  from: string;
  /** null when nothing was left of it */
  to: string | null;
  erased_at: string;
  records: number;
}

/** Notes it for good, so that the old bytes are known when they come again. */
export function noteErasedFiles(landing: string, files: readonly ErasedFile[]): void {
  const lines = files.map((file) => `${JSON.stringify(file)}\n`).join('');
  appendFileSync(mappingPath(landing), lines, { mode: 0o600, flush: true });
}

/** When persons were taken out of a file of these bytes; undefined when never. */
export function erasedFile(landing: string, batchId: string): ErasedFile | undefined {
  const path = mappingPath(landing);
  if (!existsSync(path)) return undefined;
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.includes(batchId))
    .map((line) => JSON.parse(line) as ErasedFile)
    .find((file) => file.from === batchId);
}

function mappingPath(landing: string): string {
  return join(landing, 'erased.ndjson');
}
