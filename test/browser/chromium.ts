import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A Chromium of this machine; undefined when there is none. */
export function chromiumPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where everything must hold, a missing browser is an error and not a skip. */
export const skipsBrowser = chromiumPath() === undefined && process.env.CI !== 'true';

export function launchChromium(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('no chromium on PATH; with CI=true the browser tests must run');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** The rules whose answer depends on the theme, which changes colours and nothing else. */
export const COLOURS: readonly string[] = ['cat.color'];

/**
 * What axe finds wrong, as `rule: first element`. Everything that is folded is opened before.
 *
 * @param tags  only rules with one of these tags; all rules when absent
 */
export async function axeViolations(page: Page, tags?: readonly string[]): Promise<string[]> {
  await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(axe.source);
  const found = (await page.evaluate(
    `axe.run({ resultTypes: ["violations"]${tags === undefined ? '' : `, runOnly: ${JSON.stringify(tags)}`} })`,
  )) as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
}
