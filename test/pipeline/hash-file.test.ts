import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hashFile } from '../../pipeline/hash-file.ts';
import { inPassingFolder } from '../../pipeline/passing-folder.ts';
import { writeOutput } from '../../pipeline/write-output.ts';

it('hashes a file that is larger than one piece, an empty one too', async () => {
  await inPassingFolder('test', async (folder) => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(2 ** 20 + 17, 7)]) {
      const path = join(folder, 'file');
      writeOutput(path, bytes);
      expect(hashFile(path)).toEqual({ sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length });
    }
  });
});
