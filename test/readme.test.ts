import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { liftproofProcess, ROOT, runProcess, temporaryFolder } from './cli/shell.ts';
import { packedProgram } from './packed.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const { folder, remove } = temporaryFolder('readme');
afterAll(remove);

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1]);
}

describe('README', () => {
  it('shows commands that run, one after the other, in an empty folder', async () => {
    const { program } = await packedProgram();
    symlinkSync(join(ROOT, 'data-samples'), join(folder, 'data-samples'));
    expect(blocks('sh').length).toBeGreaterThan(0);
    const script = `set -e\n${blocks('sh').join('\n')}`;
    const result = await runProcess('bash', ['-c', script], {
      cwd: folder,
      env: { PATH: `${dirname(program)}:${process.env.PATH}` },
    });
    expect(result.code, result.stderr).toBe(0);
    expect(result.stdout).toContain('read 1849 = accepted 1849');
    expect(existsSync(join(folder, 'campaigns.csv'))).toBe(true);
    expect(existsSync(join(folder, 'market', 'truth.json'))).toBe(true);
  });

  it('shows how to serve what was published', async () => {
    const [line, ...more] = blocks('console').map((block) => block.trim());
    expect(more).toEqual([]);
    expect(line).toMatch(/^liftproof serve -w acme --port 8787\b/);
    let status = 0;
    let said = '';
    const result = await liftproofProcess(['serve', '-w', 'acme', '--port', '0'], {
      cwd: folder,
      started: (child) =>
        child.stderr!.on('data', async (text) => {
          said += text;
          const url = /at (http:\S+)/.exec(said)?.[1];
          if (url === undefined || status !== 0) return;
          status = -1;
          status = (await fetch(`${url}/healthz`)).status;
          child.kill('SIGINT');
        }),
    });
    expect(status, said).toBe(200);
    expect(result.code, said).toBe(0);
  });

  it('shows library code that runs', async () => {
    const { home } = await packedProgram();
    const [block, ...more] = blocks('ts');
    expect(more).toEqual([]);
    expect(block).toContain("from 'liftproof'");
    symlinkSync(join(home, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'example.ts'), `${block}\nconsole.log(JSON.stringify(channels));\n`);
    const result = await runProcess(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), join(folder, 'example.ts')],
      { cwd: folder },
    );
    expect(result.stderr).toBe('');
    const channels = JSON.parse(result.stdout) as { channel: string; conversions: number }[];
    expect(channels.map((row) => row.channel).sort()).toEqual(['email', 'instagram']);
    expect(channels.reduce((sum, row) => sum + row.conversions, 0)).toBeCloseTo(5, 9);
  });

  it('opens with the commands that continuous integration runs', () => {
    const [demo, test] = blocks('').map((block) => block.trim());
    expect(demo).toBe('npm ci && npm run demo');
    expect(test).toBe('npm ci && npm test');
    const script = readFileSync(join(ROOT, '.ci', 'run'), 'utf8');
    expect(script).toContain(`{ ${test}; }`);
    expect(script).toContain(`'${demo.split(' && ')[1]}'`);
  });

  it('links to pages that are there', () => {
    const targets = [...readme.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1])
      .filter((target) => !target.startsWith('http'));
    expect(targets.length).toBeGreaterThan(10);
    expect(targets.filter((target) => !existsSync(join(ROOT, target)))).toEqual([]);
  });
});
