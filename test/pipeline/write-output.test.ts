import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inPassingFolder } from '../../pipeline/passing-folder.ts';
import { writeOutput } from '../../pipeline/write-output.ts';

it('writes text and bytes, and the folders on the way', async () => {
  await inPassingFolder('test', async (folder) => {
    expect(writeOutput(join(folder, 'a/b/text.csv'), 'é\n')).toBe(3);
    expect(readFileSync(join(folder, 'a/b/text.csv'), 'utf8')).toBe('é\n');
    expect(writeOutput(join(folder, 'bytes'), new Uint8Array([0, 255]))).toBe(2);
    expect([...readFileSync(join(folder, 'bytes'))]).toEqual([0, 255]);
  });
});

it('says what could not be written and why', async () => {
  await inPassingFolder('test', async (folder) => {
    writeOutput(join(folder, 'file'), 'x');
    expect(() => writeOutput(join(folder, 'file/below'), 'y')).toThrow(
      expect.objectContaining({ code: 'not_allowed', message: expect.stringContaining('file/below') }),
    );
  });
});
