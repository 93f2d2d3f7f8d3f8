// Configs, prompts, keys and the plan, looked at and changed on their pages; and the login page, once a key exists.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {Browser} from './support/browser.mjs';
import {Pk} from './support/pk.mjs';
import {call, demoCall, knownPrompt} from './support/seed.mjs';
import {until} from './support/until.mjs';

let pk, browser;

before(async () => {
  [pk, browser] = await Promise.all([Pk.start(), Browser.start()]);
});
after(async () => {
  await browser?.stop();
  await pk?.stop();
});

test('A config is made, changed, compared, used and deleted', async () => {
  const {page, close} = await browser.open(pk, '/configs', {expected: [/400/]});
  await page.getByRole('heading', {name: 'No configs yet'}).waitFor();
  await page.getByRole('button', {name: 'Config', exact: true}).click();
  await page.getByLabel('Name').fill('main');
  await page.getByLabel('Config as JSON').fill('{"strategy":{"mode":"sideways"},"targets":[{"provider":"demo"}]}');
  await page.getByRole('button', {name: 'Save'}).click();
  await page.getByRole('dialog').getByRole('alert').waitFor();
  await page.getByLabel('Config as JSON').fill('{"strategy":{"mode":"loadbalance"},"targets":[{"provider":"demo","weight":3},{"provider":"demo","weight":1}]}');
  await page.getByRole('button', {name: 'Save'}).click();
  await page.waitForURL(/\/configs\/pc-/);
  await page.getByText('75 %').waitFor();
  const id = page.url().split('/').at(-1);

  await page.getByLabel('Config as JSON').fill('{"strategy":{"mode":"fallback"},"targets":[{"provider":"demo"},{"provider":"demo"}]}');
  await page.getByText('Fallback, in this order').waitFor();
  await page.getByRole('button', {name: 'Save version 2'}).click();
  await page.getByRole('button', {name: 'Save version 3'}).waitFor();
  await page.getByLabel('Compare with').selectOption('1');
  await page.getByText('strategy.mode').waitFor();

  // A running server follows a change within two seconds.
  const log = await until('calls run under version 2', async () => {
    const called = await demoCall(pk, {config: id});
    return (await pk.show(called)).config_version === 2 && called;
  });
  await page.reload();
  await page.getByRole('heading', {name: 'Logs that ran under it'}).waitFor();
  await page.locator(`a[href^="/logs/${log}"]`).click();
  await page.getByRole('link', {name: `${id}@2`}).click();
  await page.waitForURL(`**/configs/${id}?version=2`);
  await page.getByRole('button', {name: 'Delete this config'}).click();
  await page.getByRole('dialog').getByRole('button', {name: 'Delete'}).click();
  await page.getByRole('heading', {name: 'No configs yet'}).waitFor();
  await close();
});

test('A config is edited although its secret is masked, which stays the stored one and goes nowhere else', async () => {
  const secret = 'sk-a-secret-0123456789xyz';
  const {id} = (await call(pk, 'POST', '/v1/configs', {name: 'keyed', config: {provider: 'openai', api_key: secret}})).json();
  const {page, close} = await browser.open(pk, `/configs/${id}`, {expected: [/400/, /409/]});
  const field = page.getByLabel('Config as JSON');
  await page.getByText('stays the stored one while it is left').waitFor();
  const shown = JSON.parse(await field.inputValue());
  assert.ok(!(await page.content()).includes(secret));
  await field.fill(JSON.stringify({...shown, custom_host: 'https://elsewhere.example.com'}));
  await page.getByRole('button', {name: 'Save version 2'}).click();
  await page.getByRole('alert').getByText(/custom_host/).waitFor();
  await field.fill(JSON.stringify({...shown, retry: {attempts: 3}}));
  await page.getByRole('button', {name: 'Save version 2'}).click();
  await page.getByRole('button', {name: 'Save version 3'}).waitFor();
  assert.deepEqual(JSON.parse(await pk.run('config', 'show', id, '--json')).config, {...shown, retry: {attempts: 3}});
  // An older version is edited with its own secret.
  await field.fill(JSON.stringify({...shown, api_key: 'sk-another-9876543210'}));
  await page.getByRole('button', {name: 'Save version 3'}).click();
  await page.getByRole('button', {name: 'Save version 4'}).waitFor();
  await page.getByLabel('Version', {exact: true}).selectOption('1');
  await field.fill(JSON.stringify({...shown, request_timeout: 5000}));
  await page.getByRole('button', {name: 'Save version 4'}).click();
  await page.getByRole('button', {name: 'Save version 5'}).waitFor();
  assert.equal(JSON.parse(await pk.run('config', 'show', id, '--json')).config.api_key, shown.api_key);
  // Who saved between is not overwritten.
  await call(pk, 'PUT', `/v1/configs/${id}`, {config: {provider: 'demo'}});
  await field.fill(JSON.stringify({...shown, request_timeout: 6000}));
  await page.getByRole('button', {name: 'Save version 5'}).click();
  await page.getByRole('alert').waitFor();
  await call(pk, 'DELETE', `/v1/configs/${id}`);
  await close();
});

test('A prompt is made, run, changed, labelled and compared', async () => {
  const {page, close} = await browser.open(pk, '/prompts', {expected: [/404/]});  // a fresh version may not be known to the gateway yet
  await page.getByRole('heading', {name: 'No prompts yet'}).waitFor();
  await page.getByRole('button', {name: 'Prompt', exact: true}).click();
  await page.getByLabel('Name').fill('greet');
  await page.getByRole('button', {name: 'Save'}).click();
  await page.waitForURL(/\/prompts\/pp-/);
  const id = page.url().split('/').at(-1);
  await knownPrompt(pk, id);
  await page.getByLabel('name', {exact: true}).fill('Ada');
  await page.getByRole('button', {name: 'Run', exact: true}).click();
  await page.getByText('You said: Greet Ada in one sentence.').waitFor();

  await page.getByLabel('Text of user').fill('Greet {{name}} in {{language}}.');
  await page.getByLabel('language', {exact: true}).fill('French');
  await page.getByRole('button', {name: 'Save and Run'}).click();
  await page.getByText('You said: Greet Ada in French.').waitFor();
  await page.getByRole('button', {name: 'Label version 2'}).click();
  await page.locator('.tag', {hasText: 'published'}).waitFor();
  await page.getByLabel('Compare with').selectOption('1');
  await page.getByRole('button', {name: 'Run', exact: true}).click();
  await page.getByRole('region', {name: 'Version 1'}).getByText('You said: Greet Ada in one sentence.').waitFor();
  await page.getByRole('region', {name: 'Version 2'}).getByText('You said: Greet Ada in French.').waitFor();

  const prompt = (await call(pk, 'GET', `/v1/prompts/${id}`)).json();
  assert.equal(prompt.version, 2);
  assert.equal(prompt.labels.published, 2);
  const [log] = await pk.list('--prompt-id', id, '--limit', '1');
  await page.goto(`/logs/${log.id}`);
  await page.getByRole('link', {name: new RegExp(`^${id}@`)}).click();
  await page.waitForURL(new RegExp(`/prompts/${id}`));
  await close();
});

test('A virtual key is made, archived and deleted, and its secret is never shown', async () => {
  const {page, close} = await browser.open(pk, '/keys');
  await page.getByRole('button', {name: 'Virtual key', exact: true}).click();
  await page.getByLabel('Name').fill('main');
  await page.getByLabel('Provider', {exact: true}).fill('openai');
  await page.getByLabel('Secret').fill('sk-this-is-a-secret-0123456789');
  await page.getByRole('button', {name: 'Save'}).click();
  const line = page.getByRole('row', {name: /main/});
  await line.getByText(/^vk-/).waitFor();
  await line.getByRole('button', {name: 'Archive'}).click();
  await line.getByText('archived').waitFor();
  assert.ok(!(await page.content()).includes('sk-this-is'));
  await line.getByRole('button', {name: 'Delete main'}).click();
  await page.getByRole('dialog').getByRole('button', {name: 'Delete'}).click();
  await line.waitFor({state: 'detached'});
  await close();
});

test('The plan is shown and changed', async () => {
  const {page, close} = await browser.open(pk, '/plan');
  await page.getByRole('row', {name: /Production/}).getByRole('button', {name: 'Choose'}).click();
  await page.getByRole('dialog').getByRole('button', {name: 'Change'}).click();
  await page.getByRole('row', {name: /Production.*current/}).waitFor();
  assert.equal(JSON.parse(await pk.run('plan', 'show', '--json')).plan, 'production');
  await close();
});

describe('once an API key exists', () => {
  let key;

  test('the first key made here logs in, and others have to', async () => {
    const {page, context, close} = await browser.open(pk, '/keys', {expected: [/401/]});
    await page.getByRole('button', {name: 'API key', exact: true}).click();
    await page.getByLabel('Name').fill('me');
    // Whoever asks for anything now is refused: the key that is shown once stays on screen.
    await page.route('**/v1/virtual-keys*', (route) => route.fulfill({status: 401, json: {error: {message: 'no key'}}}));
    await page.route('**/v1/api-keys?*', (route) => route.fulfill({status: 401, json: {error: {message: 'no key'}}}));
    await page.route('**/v1/session', (route) => route.fulfill({status: 401, json: {error: {message: 'no key'}}}), {times: 3});
    await page.getByRole('button', {name: 'Make key'}).click();
    key = await page.getByRole('dialog').locator('pre').innerText();
    assert.match(key, /^pk-/);
    await page.evaluate(() => document.querySelector('.rail a[href="/keys"]')?.click());
    await page.getByRole('heading', {name: 'Log in to pk'}).waitFor({state: 'attached'});
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('dialog').locator('pre').innerText(), key);
    await page.unrouteAll();
    // Its maker is logged in with it, within the two seconds in which the server follows.
    await until('the maker of the key is logged in', async () => (await context.cookies()).length);
    await page.getByRole('button', {name: 'Done'}).click();
    await page.reload();
    await page.getByRole('row', {name: /me.*admin/}).waitFor();

    const stranger = await browser.open(pk, '/', {expected: [/401/]});
    const field = stranger.page.getByLabel('API key');
    await field.fill('pk-wrong');
    await stranger.page.getByRole('button', {name: 'Log in'}).click();
    await stranger.page.getByRole('alert').waitFor();
    await field.fill(key);
    await stranger.page.getByRole('button', {name: 'Log in'}).click();
    await stranger.page.getByRole('grid', {name: 'Logs'}).waitFor();
    assert.equal(await stranger.page.evaluate(() => document.cookie), '');
    await stranger.page.getByRole('button', {name: 'Log out'}).click();
    await stranger.page.getByLabel('API key').waitFor();
    await stranger.close();
    await close();
  });

  const logIn = async (page) => {
    await page.getByRole('dialog', {name: 'Log in to pk'}).getByLabel('API key').fill(key);
    await page.getByRole('button', {name: 'Log in'}).click();
    await page.getByRole('dialog').waitFor({state: 'detached'});
  };
  // Opened by who is logged in; `edit`, then `act` when the session is over: what was edited is there after the login, and
  // `act` does it.
  const keeps = async (url, {edited, act, done}) => {
    const {page, context, settled, close} = await browser.open(pk, url, {expected: [/401/]});
    await logIn(page);
    const [field, text] = edited(page);
    await field.fill(text);
    await settled();
    await context.clearCookies();
    await act(page).click();
    await page.getByText('What you were at is behind this').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await logIn(page);
    assert.equal(await field.inputValue(), text);
    await act(page).click();
    await done(page).waitFor();
    await close();
  };
  const button = (name) => (page) => page.getByRole('button', {name, exact: true});
  const asAdmin = () => ({'x-portkey-api-key': key});

  test('a session that is over takes no edit of a config with it', async () => {
    const {id} = (await call(pk, 'POST', '/v1/configs', {name: 'kept', config: {provider: 'demo'}}, asAdmin())).json();
    await keeps(`/configs/${id}`, {edited: (page) => [page.getByLabel('Config as JSON'), '{"provider": "demo", "retry": {"attempts": 2}}'],
      act: button('Save version 2'), done: button('Save version 3')});
  });

  test('nor of a prompt', async () => {
    const template = {provider: 'demo', model: 'demo-1', messages: [{role: 'user', content: 'Hello'}]};
    const {id} = (await call(pk, 'POST', '/v1/prompts', {name: 'kept', template}, asAdmin())).json();
    await keeps(`/prompts/${id}`, {edited: (page) => [page.getByLabel('Text of user'), 'Good morning'], act: button('Save version 2'), done: button('Save version 3')});
  });

  test('nor of the playground', async () => {
    const id = await demoCall(pk, {headers: asAdmin()});
    await keeps(`/replay/${id}`, {edited: (page) => [page.getByLabel('Text of user'), 'Say good night'], act: button('Run'),
      done: (page) => page.getByRole('region', {name: 'New'}).getByText('You said: Say good night')});
  });

  test('what is asked for without a session comes after the login, and who logs out leaves nothing on screen', async () => {
    const {page, context, settled, close} = await browser.open(pk, '/plan', {expected: [/401/]});
    await logIn(page);
    await page.getByRole('row', {name: /Production/}).waitFor();
    await settled();
    await context.clearCookies();
    await page.getByRole('link', {name: 'Keys'}).click();
    await logIn(page);
    await page.getByRole('row', {name: /me.*admin/}).waitFor();
    await page.getByRole('button', {name: 'Log out'}).click();
    await page.getByLabel('API key').waitFor();
    await page.getByRole('row').first().waitFor({state: 'detached'});
    await close();
  });
});
