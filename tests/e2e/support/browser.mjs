// Debian's Chromium, and a page in it that forgives nothing: an error in the console, a violation of the content
// security policy or a request to anywhere else is a problem, and problems fail the test.
import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {mkdir, readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import path from 'node:path';
import {chromium} from 'playwright-core';
import {patienceMs} from './until.mjs';

const executable = process.env.PK_E2E_CHROMIUM ?? '/usr/bin/chromium';
const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
// Beside the binary, in the build folder.
const shots = path.join(path.dirname(process.env.PK_E2E_BINARY), '..', 'tests', 'screenshots');

export class Browser {
  static async start() {
    assert.ok(existsSync(executable), `${executable} is not there; ./dev deps test installs it, PK_E2E_CHROMIUM names another`);
    const browser = new Browser();
    browser.chromium = await chromium.launch({executablePath: executable, args: ['--no-sandbox', '--disable-gpu'], timeout: 2 * patienceMs});
    return browser;
  }

  stop() {
    return this.chromium.close();
  }

  // A page of a fresh profile, on `url`. `expected` are console errors that the test provokes.
  async open(pk, url, {theme = 'light', width = 1280, height = 800, expected = []} = {}) {
    const context = await this.chromium.newContext({baseURL: pk.url, viewport: {width, height}, colorScheme: theme});
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], {origin: pk.url});
    const problems = [];
    const requests = [];
    context.on('request', (request) => {
      requests.push(request.url());
      if (!request.url().startsWith(pk.url)) problems.push(`asked ${request.url()}`);
    });
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(String(error.stack ?? error)));
    page.on('dialog', (dialog) => { problems.push(`a dialog: ${dialog.message()}`); void dialog.dismiss(); });
    page.on('console', (message) => {
      const text = `${message.text()} (${message.location().url})`;
      if (['error', 'warning'].includes(message.type()) && !expected.some((pattern) => pattern.test(text))) problems.push(text);
    });
    page.setDefaultTimeout(patienceMs);
    await page.goto(url);
    // Ends it, and says what was wrong.
    const close = async () => {
      await context.close();
      assert.deepEqual(problems, []);
    };
    // Until the page is drawn, nothing more is asked for or slow to come, and nothing moves.
    const settled = async () => {
      await page.locator('h1').first().waitFor({state: 'attached'});
      for (let seen = -1; seen !== requests.length;) {
        seen = requests.length;
        await page.waitForTimeout(200);
      }
      await page.waitForFunction(() => !document.querySelector('[aria-busy=true]') &&
        document.getAnimations().every(({playState, effect}) => playState !== 'running' || effect.getComputedTiming().endTime === Infinity));
    };
    return {page, context, requests, problems, settled, close};
  }
}

// What axe-core finds on a page, in words.
export async function violations(page) {
  await page.evaluate(await readFile(axeFile, 'utf8'));
  const {violations: found} = await page.evaluate(() => window.axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}));
  return found.flatMap(({id, help, nodes}) => nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`));
}

export async function screenshot(page, name) {
  await mkdir(shots, {recursive: true});
  await page.screenshot({path: path.join(shots, `${name}.png`)});
}
