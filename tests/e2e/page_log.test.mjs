// One log: what its page shows and does; and that text of models and callers stays text.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {Browser} from './support/browser.mjs';
import {Pk} from './support/pk.mjs';
import {call, demoCall, insertKinds, insertLogs, knownPrompt, payload} from './support/seed.mjs';
import {becomes, until} from './support/until.mjs';

let pk, browser, ids;

before(async () => {
  [pk, browser] = await Promise.all([Pk.start(), Browser.start()]);
  await insertLogs(pk, 20);
  ids = await insertKinds(pk);
});
after(async () => {
  await browser?.stop();
  await pk?.stop();
});

const open = async (id, options) => {
  const opened = await browser.open(pk, `/logs/${id}`, options);
  await opened.page.getByRole('article').waitFor();
  return opened;
};
const tab = (page, name) => page.getByRole('tab', {name: new RegExp(`^${name}`)});

describe('a log', () => {
  test('shows what was said, what was sent, and why', async () => {
    const {page, close} = await open(ids.plain);
    await page.getByText('This is the demo provider. You said: Say hello').waitFor();
    await page.getByRole('link', {name: 'ada', exact: true}).waitFor();
    await page.getByRole('link', {name: 'team=red'}).waitFor();
    await tab(page, 'Request').click();
    await page.getByRole('tabpanel').getByText('"Say hello"').waitFor();
    await page.getByText(/^As the client sent it\./).waitFor();
    await page.getByRole('button', {name: 'Fold messages'}).click();
    await page.getByRole('tabpanel').getByText('"Say hello"').waitFor({state: 'detached'});
    await tab(page, 'Response').click();
    await page.getByText(/^As the client got it\./).waitFor();
    await tab(page, 'Headers').click();
    await page.getByRole('tabpanel').getByText('x-portkey-provider').first().waitFor();
    await tab(page, 'Why').click();
    await page.getByRole('tabpanel').getByText(/asks demo/).waitFor();
    await close();
  });

  test('shows its attempts as a tree over time', async () => {
    const {page, close} = await open(ids.fallback);
    await page.locator('.lane-what', {hasText: '503'}).first().waitFor();
    await becomes(() => page.locator('.lane-label .mono').allInnerTexts(), ['gateway', 'config', 'targets[0]', 'targets[0]', 'targets[1]']);
    await becomes(() => page.locator('.bar-wait').count(), 1);
    await close();
  });

  test('shows a stream as its message and as its events', async () => {
    const {page, close} = await open(ids.streamed);
    await tab(page, 'Response').click();
    await page.getByRole('tabpanel').getByText(/Tell me of the tides/).waitFor();
    await page.getByRole('button', {name: 'Events'}).click();
    await page.getByText('[DONE]').waitFor();
    await page.locator('.events li').nth(5).waitFor();
    await close();
  });

  test('folds tool calls', async () => {
    const {page, close} = await open(ids.tools);
    await page.getByText(/^get_weather\(/).click();
    await page.locator('details[open]').first().waitFor();
    await close();
  });

  test('is walked to its neighbours', async () => {
    const {page, close} = await open(ids.miss);
    await page.keyboard.press('ArrowUp');
    await page.waitForURL(`**/logs/${ids.hit}`);
    await page.keyboard.press('ArrowDown');
    await page.waitForURL(`**/logs/${ids.miss}`);
    await close();
  });

  test('is copied as a curl line that can be run', async () => {
    const {page, close} = await open(ids.plain);
    await page.getByRole('button', {name: 'curl', exact: true}).click();
    const line = await until('a line is copied', () => page.evaluate(() => navigator.clipboard.readText()));
    assert.match(line, /^curl 'http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions'/);
    assert.match(line, /-H 'x-portkey-provider: demo'/);
    await close();
  });

  test('that is not tracked says what was kept and why there is no more', async () => {
    const {page, close} = await open(ids.untracked);
    await page.getByText('This call asked not to be tracked').waitFor();
    await page.getByText('x-portkey-debug: false').waitFor();
    assert.equal(await page.getByText('A secret').count(), 0);
    const replay = page.getByRole('button', {name: 'Replay'});
    assert.equal(await replay.getAttribute('aria-disabled'), 'true');
    assert.match(await replay.getAttribute('title'), /not to be tracked/);
    await close();
  });

  test('that is not there says so', async () => {
    const {page, close} = await browser.open(pk, '/logs/00000000-0000-7000-8000-000000000000', {expected: [/404/]});
    await page.getByRole('alert').waitFor();
    await close();
  });

  test('takes feedback, and shows it', async () => {
    const {page, close} = await open(ids.plain);
    await page.keyboard.press('f');
    await page.getByLabel('Comment').fill('Good <b>answer</b>');
    await page.getByRole('button', {name: 'Good: 10'}).click();
    await page.locator('.feedback-list').getByText('Good <b>answer</b>').waitFor();
    await page.getByRole('slider').fill('-4');
    await page.getByRole('button', {name: 'Give'}).click();
    await page.locator('.feedback-list b', {hasText: '−4'}).waitFor();
    const log = await pk.show(ids.plain);
    assert.deepEqual(log.feedback, {count: 2, weighted_average: 3});
    await close();
  });

  test('is shared by a link that opens it alone for a stranger, until it is revoked', async () => {
    const {page, close} = await open(ids.plain);
    await page.getByRole('button', {name: 'Share'}).click();
    const dialog = page.getByRole('dialog', {name: 'Share this log'});
    await dialog.getByRole('button', {name: 'Make link'}).click();
    const link = await dialog.locator('.share-url a').getAttribute('href');
    const stranger = await browser.open(pk, link.replace(/^https?:\/\/[^/]+/, ''));
    await stranger.page.getByText('You said: Say hello').first().waitFor();
    await stranger.close();
    await dialog.getByRole('button', {name: 'Revoke'}).click();
    await dialog.getByRole('button', {name: 'Revoke'}).waitFor({state: 'detached'});
    const late = await browser.open(pk, link.replace(/^https?:\/\/[^/]+/, ''), {expected: [/404/]});
    assert.equal(await late.page.getByText('You said: Say hello').count(), 0);
    await late.close();
    await close();
  });

  test('is deleted once that is confirmed', async () => {
    const id = await demoCall(pk, {content: 'Delete me'});
    const {page, close} = await open(id);
    await page.getByRole('button', {name: 'Delete this log'}).click();
    await page.getByRole('dialog').getByRole('button', {name: 'Delete'}).click();
    await page.waitForURL(`${pk.url}/`);
    assert.ok(!(await pk.list('--limit', '3')).some((log) => log.id === id));
    await close();
  });
});

describe('text of models and callers', () => {
  test('stays text in the list, in the log and in all of its tabs', async () => {
    const {page, close} = await browser.open(pk, '/');
    await page.locator(`[id="row-${ids.hostile}"]`).click();
    await page.getByRole('article').getByText('<img src=x onerror="alert(1)">').first().waitFor();
    for (const name of ['Request', 'Response', 'Headers', 'Why', 'Feedback']) await tab(page, name).click();
    assert.equal(await page.locator('img, #app script, iframe').count(), 0);
    await close();
  });

  test('stays text in a prompt, its name included', async () => {
    const name = payload.replace(/[/@[\]{}]/g, ' ').slice(0, 60);
    const {id} = (await call(pk, 'POST', '/v1/prompts', {name, template: {provider: 'demo', model: 'demo-1', messages: [{role: 'user', content: '<img src=y onerror=alert(4)> {{name}}'}]}})).json();
    await knownPrompt(pk, id);
    const {page, close} = await browser.open(pk, '/prompts', {expected: [/404/]});
    await page.getByRole('link', {name: /<img src=x/}).click();
    await page.waitForURL(`**/prompts/${id}`);
    await page.getByLabel('name', {exact: true}).fill(payload);
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.getByText(/You said: <img src=y/).waitFor();
    assert.equal(await page.locator('img, #app script').count(), 0);
    await close();
  });
});
