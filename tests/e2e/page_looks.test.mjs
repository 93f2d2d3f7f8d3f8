// Every page, light and dark, wide and narrow: nothing for axe-core to find, nothing wider than its window, and a
// picture of each in the build folder.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Browser, screenshot, violations} from './support/browser.mjs';
import {Pk} from './support/pk.mjs';
import {call, demoCall, insertKinds, insertLogs} from './support/seed.mjs';

let pk, browser;
const pages = {};

before(async () => {
  [pk, browser] = await Promise.all([Pk.start(), Browser.start()]);
  await insertLogs(pk, 1500);
  const ids = await insertKinds(pk);
  const config = (await call(pk, 'POST', '/v1/configs', {name: 'main', config: {strategy: {mode: 'fallback'}, targets: [{strategy: {mode: 'loadbalance'}, targets: [{provider: 'demo', weight: 2}, {provider: 'demo'}]}, {provider: 'demo', retry: {attempts: 2}}]}})).json();
  const template = {provider: 'demo', model: 'demo-1', temperature: 0.7, messages: [{role: 'system', content: 'Be {{mood}}.'}, {role: 'user', content: 'Greet {{name}}.'}]};
  const prompt = (await call(pk, 'POST', '/v1/prompts', {name: 'greet', template})).json();
  await call(pk, 'PUT', `/v1/prompts/${prompt.id}`, {template: {...template, temperature: 0.2}});
  await call(pk, 'POST', '/v1/virtual-keys', {name: 'main', provider: 'openai', secret: 'sk-0123456789abcdefghij'});
  const trace = (await pk.show(ids.plain)).trace_id;
  await call(pk, 'POST', '/v1/feedback', [{trace_id: trace, value: 8}, {trace_id: trace, value: -2, weight: 0.5}]);
  await demoCall(pk, {config: config.id});
  Object.assign(pages, {
    logs: '/', nothing: '/?model=gpt-4o&user=nobody', log: `/logs/${ids.fallback}`, stream: `/logs/${ids.streamed}`, untracked: `/logs/${ids.untracked}`,
    replay: `/replay/${ids.tools}`, analytics: '/analytics', configs: '/configs', config: `/configs/${config.id}`, prompts: '/prompts',
    prompt: `/prompts/${prompt.id}`, keys: '/keys', plan: '/plan', login: '/login',
  });
});
after(async () => {
  await browser?.stop();
  await pk?.stop();
});

for (const theme of ['light', 'dark']) {
  for (const width of [1280, 400]) {
    test(`${theme}, ${width} pixels`, async () => {
      const {page, settled, close} = await browser.open(pk, '/', {theme, width});
      const found = [];
      for (const [name, url] of Object.entries(pages)) {
        await page.goto(url);
        await settled();
        await screenshot(page, `${name}-${theme}-${width}`);
        for (const each of await violations(page)) found.push(`${name}: ${each}`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (over > 0) found.push(`${name} is ${over} pixels wider than its window`);
      }
      await close();
      assert.deepEqual(found, []);
    });
  }
}

// What a page shows once something was done to it.
const states = {
  suggestions: ['/', async (page) => {
    await page.keyboard.press('/');
    await page.keyboard.type('st');
    await page.keyboard.press('ArrowDown');
  }],
  panel: ['/', async (page) => {
    await page.locator('.table-view [role=row]').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('article').waitFor();
  }],
  request: [null, (page) => page.getByRole('tab', {name: 'Request'}).click()],
  response: [null, (page) => page.getByRole('tab', {name: 'Response'}).click()],
  headers: [null, (page) => page.getByRole('tab', {name: 'Headers'}).click()],
  why: [null, (page) => page.getByRole('tab', {name: 'Why'}).click()],
  feedback: [null, (page) => page.getByRole('tab', {name: 'Feedback'}).click()],
  share: [null, async (page) => {
    await page.keyboard.press('s');
    await page.getByRole('button', {name: 'Make link'}).click();
    await page.locator('.share-url').waitFor();
  }],
  keys: ['/plan', (page) => page.keyboard.press('?')],
  run: ['replay', async (page) => {
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.getByRole('region', {name: 'New'}).getByRole('link').waitFor();
  }],
  words: [null, (page) => page.getByRole('button', {name: 'By word'}).click()],
  json: [null, (page) => page.getByRole('button', {name: 'As JSON'}).click()],
  range: ['/', (page) => page.getByLabel('Time range').selectOption('custom')],
  virtualkey: ['/keys', (page) => page.getByRole('button', {name: 'Virtual key', exact: true}).click()],
};

for (const [theme, width] of [['light', 1280], ['dark', 400]]) {
  test(`what opens over a page, ${theme}, ${width} pixels`, async () => {
    const {page, settled, close} = await browser.open(pk, '/', {theme, width});
    const found = [];
    for (const [name, [url, act]] of Object.entries(states)) {
      if (url) await page.goto(pages[url] ?? url);
      await act(page);
      await settled();
      await screenshot(page, `${name}-${theme}-${width}`);
      for (const each of await violations(page)) found.push(`${name}: ${each}`);
    }
    await close();
    assert.deepEqual(found, []);
  });
}

test('The switch of the theme holds over a reload, and what the system wishes is followed again', async () => {
  const {page, close} = await browser.open(pk, '/plan', {theme: 'light'});
  await page.getByRole('button', {name: 'Switch to dark'}).click();
  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await page.getByRole('button', {name: 'Switch to light'}).click();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), undefined);
  await close();
});
