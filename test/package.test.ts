import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Packed, packedProgram } from './packed.ts';
import { ROOT, runProcess } from './run-process.ts';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

describe('the package', () => {
  let packed: Packed;
  beforeAll(async () => {
    packed = await packedProgram();
  }, 120_000);

  it('carries the program, the SQL, the sample brand and the licence, and no source or test', () => {
    expect(readdirSync(packed.root).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'NOTICE',
      'README.md',
      'data-samples',
      'dist',
      'docs',
      'package.json',
      'pipeline',
      'sql',
    ]);
    // of the sources only what is no program: the migrations of the control store
    expect(
      readdirSync(join(packed.root, 'pipeline'), { recursive: true }).filter((name) => String(name).endsWith('.ts')),
    ).toEqual([]);
    expect(readdirSync(join(packed.root, 'pipeline', 'control', 'migrations')).length).toBeGreaterThan(1);
    expect(readdirSync(join(packed.root, 'dist')).sort()).toEqual(
      expect.arrayContaining(['api', 'cli', 'cli.js', 'index.d.ts', 'index.js', 'models', 'pipeline']),
    );
  });

  it('installs a command that knows its version', async () => {
    const result = await runProcess(packed.program, ['version'], { cwd: packed.home });
    expect(result).toMatchObject({ code: 0, stderr: '', stdout: `${manifest.version}\n` });
  });

  it('runs the demo far from a checkout', async () => {
    const result = await runProcess(packed.program, ['demo', '--json', '--quiet'], { cwd: packed.home });
    expect(result.code, result.stderr).toBe(0);
    const answer = JSON.parse(result.stdout);
    expect(answer.channels.rows.length).toBeGreaterThan(5);
    expect(Object.keys(answer.caused)).toContain('Paid Social');
  });

  it('is a library, worker threads included', async () => {
    writeFileSync(
      join(packed.home, 'example.js'),
      `import { attributePaths, attributePathsInWorkers, openWorkspace, pathsFromRows } from 'liftproof';
       const paths = pathsFromRows([
         { path: ['instagram', 'email'], conversions: 30, revenue: 1200, nonConversions: 10 },
         { path: ['email'], conversions: 20, revenue: 900, nonConversions: 400 },
       ]);
       const here = attributePaths(paths, { model: 'markov', order: 1, seed: 1, replicates: 40 });
       const [there] = await attributePathsInWorkers(paths, ['markov'], { order: 1, seed: 1, replicates: 40 }, 2);
       console.log(JSON.stringify({ same: JSON.stringify(here) === JSON.stringify(there), verb: typeof openWorkspace }));`,
    );
    const result = await runProcess(process.execPath, ['example.js'], { cwd: packed.home });
    expect(result.stderr).toBe('');
    expect(JSON.parse(result.stdout)).toEqual({ same: true, verb: 'function' });
  });
});
