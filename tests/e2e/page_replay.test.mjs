// The playground of a log: its request, changed and run again beside the original.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {Browser} from './support/browser.mjs';
import {Pk} from './support/pk.mjs';
import {insertKinds} from './support/seed.mjs';

let pk, browser, ids;

before(async () => {
  [pk, browser] = await Promise.all([Pk.start(), Browser.start()]);
  ids = await insertKinds(pk);
});
after(async () => {
  await browser?.stop();
  await pk?.stop();
});

const tab = (page, name) => page.getByRole('tab', {name: new RegExp(`^${name}`)});

describe('the playground', () => {
  test('runs a changed request beside the original, and links to the new log', async () => {
    const {page, close} = await browser.open(pk, `/replay/${ids.plain}`);
    const text = page.getByLabel('Text of user');
    await text.fill('Say goodbye');
    await text.press('Control+Enter');
    const answer = page.getByRole('region', {name: 'New'});
    await answer.getByText('You said: Say goodbye').waitFor();
    await page.getByRole('button', {name: 'By word'}).click();
    await page.locator('ins', {hasText: 'goodbye'}).waitFor();
    await page.locator('del', {hasText: 'hello'}).waitFor();
    await page.getByRole('button', {name: 'As JSON'}).click();
    await page.getByText('choices[0].message.content').waitFor();
    await page.getByRole('button', {name: 'Answer'}).click();
    const url = await answer.getByRole('link').getAttribute('href');
    const log = await pk.show(url.split('/').at(-1));
    assert.equal(log.replay_of, ids.plain);
    assert.equal(log.request.body.messages[1].content, 'Say goodbye');
    await close();
  });

  test('streams the answer of a streamed request', async () => {
    const {page, close} = await browser.open(pk, `/replay/${ids.streamed}`);
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.getByRole('region', {name: 'New'}).getByText('You said: Tell me of the tides').waitFor();
    await close();
  });

  test('shows a tool call of the answer as that of the original', async () => {
    const {page, close} = await browser.open(pk, `/replay/${ids.tools}`);
    await page.getByRole('region', {name: 'Original'}).getByText('Tool call').waitFor();
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.getByRole('region', {name: 'New'}).getByText('Tool call').waitFor();
    await close();
  });

  test('shows the error of a run that failed, which is a log with a link too', async () => {
    const {page, close} = await browser.open(pk, `/replay/${ids.plain}`, {expected: [/500/]});
    await page.getByLabel('Model', {exact: true}).fill('demo-error-500');
    await page.getByLabel('Model', {exact: true}).press('Control+Enter');
    const answer = page.getByRole('region', {name: 'New'});
    await answer.getByRole('alert').getByText(/always fails with 500/).waitFor();
    const url = await answer.getByRole('link').getAttribute('href');
    assert.equal((await pk.show(url.split('/').at(-1))).http_status, 500);
    // What was written is not lost to Escape.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    assert.equal(await page.getByLabel('Model', {exact: true}).inputValue(), 'demo-error-500');
    await close();
  });

  test('takes a key that a provider refuses for no end of the session', async () => {
    const {page, close} = await browser.open(pk, `/replay/${ids.plain}`, {expected: [/401/]});
    await page.getByLabel('Model', {exact: true}).fill('demo-error-401');
    await page.getByLabel('Model', {exact: true}).press('Control+Enter');
    await page.getByRole('region', {name: 'New'}).getByRole('alert').getByText(/always fails with 401/).waitFor();
    await page.getByRole('region', {name: 'New'}).getByRole('link').waitFor();
    assert.equal(await page.getByLabel('API key').count(), 0);
    await close();
  });

  test('is written as JSON too, and says when that cannot be read', async () => {
    const {page, close} = await browser.open(pk, `/replay/${ids.plain}`);
    await tab(page, 'JSON').click();
    const json = page.getByLabel('Request as JSON');
    await json.fill('{"model":');
    await page.getByRole('alert').waitFor();
    assert.equal(await page.getByRole('button', {name: 'Run', exact: true}).getAttribute('aria-disabled'), 'true');
    await json.fill('{"model":"demo-1","messages":[{"role":"user","content":"From JSON"}]}');
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.getByText('You said: From JSON').waitFor();
    await close();
  });

  test('is not run while one of several fields cannot be read', async () => {
    const {page, close} = await browser.open(pk, `/replay/${ids.plain}`);
    const image = {type: 'image_url', image_url: {url: 'https://images.example.com/a.png'}};
    await tab(page, 'JSON').click();
    await page.getByLabel('Request as JSON').fill(JSON.stringify({model: 'demo-1', messages: [{role: 'user', content: [{type: 'text', text: 'Both'}, image, image]}]}));
    await tab(page, 'Form').click();
    const run = page.getByRole('button', {name: 'Run', exact: true});
    const parts = page.getByLabel('Text of user');
    for (const part of await page.locator('.is-part summary').all()) await part.click();
    await parts.nth(1).fill('{"type":');
    await parts.nth(2).fill(JSON.stringify({...image, detail: 'low'}));
    assert.equal(await run.getAttribute('aria-disabled'), 'true');
    await page.getByRole('button', {name: 'Remove this part'}).first().click();
    await page.locator('.is-part').nth(1).waitFor({state: 'detached'});
    assert.equal(await run.getAttribute('aria-disabled'), null);
    await tab(page, 'JSON').click();
    await page.getByLabel('Request as JSON').fill('[]');
    await page.getByRole('alert').getByText('a JSON object is wanted').waitFor();
    await close();
  });

  test('is inactive for a log without content, and says why', async () => {
    const {page, close} = await browser.open(pk, `/replay/${ids.untracked}`);
    await page.getByText('This log cannot be replayed.').waitFor();
    assert.equal(await page.getByRole('button', {name: 'Run', exact: true}).getAttribute('aria-disabled'), 'true');
    await close();
  });

  test('keeps text of models and callers text', async () => {
    const {page, close} = await browser.open(pk, `/replay/${ids.hostile}`);
    await page.getByRole('button', {name: 'Run', exact: true}).click();
    await page.getByRole('region', {name: 'New'}).getByText('onerror').waitFor();
    assert.equal(await page.locator('img, #app script, iframe').count(), 0);
    await close();
  });
});
