// The Logs page over a ledger of 5,000: list, filters, live tail, keyboard; and Analytics over the same.
import assert from 'node:assert/strict';
import {rm} from 'node:fs/promises';
import {after, before, describe, test} from 'node:test';
import {Browser} from './support/browser.mjs';
import {Pk} from './support/pk.mjs';
import {demoCall, insertKinds, insertLogs} from './support/seed.mjs';
import {becomes, until} from './support/until.mjs';

const seeded = 5000;
let pk, browser, ids;

before(async () => {
  [pk, browser] = await Promise.all([Pk.start(), Browser.start()]);
  await insertLogs(pk, seeded);
  ids = await insertKinds(pk);
});
after(async () => {
  await browser?.stop();
  await pk?.stop();
});

const row = (page, id) => page.locator(`[id="row-${id}"]`);
// Of the list, but not what its tail asks for when it begins.
const pagesOf = (requests) => requests.filter((url) => /\/v1\/logs\?limit=\d+&(after|skip)=/.test(url)).length;
const listed = async (query) => (await (await fetch(`${pk.v1}/logs?${query}`)).json()).data;
// The row is there, and not only its place.
const settledAt = (page, index) => page.locator(`[role=row][aria-rowindex="${index + 1}"]:not(.is-gap)`).waitFor();
// Down to the middle. The list takes 80 ms without a move for rest, and a busy machine may need as long between two: what
// is to come after a rest comes once the bar is where it is dragged to.
async function drag(element) {
  const {setTimeout: later, clearTimeout: never} = window;
  const due = new Map();
  let moves = true;
  window.setTimeout = (work, ms, ...rest) => {
    const timer = later(() => (moves && ms >= 50 ? due.set(timer, work) : work(...rest)), ms);
    return timer;
  };
  window.clearTimeout = (timer) => {
    due.delete(timer);
    never(timer);
  };
  for (let at = 1; at <= 25; ++at) {
    element.scrollTop = (element.scrollHeight / 50) * at;
    await new Promise(requestAnimationFrame);
  }
  moves = false;
  for (const work of due.values()) work();
  Object.assign(window, {setTimeout: later, clearTimeout: never});
}
const api = (requests) => requests.filter((url) => url.includes('/v1/')).map((url) => url.slice(pk.url.length));

describe('the list', () => {
  test('is painted from one request, newest first, with the columns', async () => {
    const {page, requests, close} = await browser.open(pk, '/');
    await row(page, ids.hostile).waitFor();
    // Asked for once, before the script is there; later comes only what the tail catches up with.
    const asked = api(requests);
    assert.equal(asked[0], '/v1/logs?limit=100');
    assert.ok(requests.indexOf(pk.url + asked[0]) < requests.findIndex((url) => /\/assets\/app-.*\.js$/.test(url)) + 2);
    assert.ok(asked.slice(0, asked.findIndex((url) => url.includes('/tail'))).filter((url) => url === asked[0]).length <= 1);
    const first = await page.locator('[role=row][aria-rowindex="2"]').getAttribute('id');
    assert.equal(first, `row-${ids.hostile}`);
    assert.deepEqual(await page.getByRole('columnheader').allInnerTexts(), ['Time ↓', 'Model', 'Path', 'User', 'Tokens (Cost)', 'Status']);
    await page.getByText('5,010 logs').waitFor();
    await close();
  });

  test('shows status in four icons with their words', async () => {
    const {page, close} = await browser.open(pk, '/');
    const words = (id) => row(page, id).locator('.mark').evaluateAll((marks) => marks.map((mark) => mark.title));
    await row(page, ids.hit).waitFor();
    assert.deepEqual(await words(ids.plain), ['Cache Disabled', 'Retry Not Triggered', 'Fallback Disabled', 'Loadbalancer Disabled']);
    assert.equal((await words(ids.miss))[0], 'Cache Miss');
    assert.equal((await words(ids.hit))[0], 'Cache Hit');
    assert.equal((await words(ids.fallback))[2], 'Fallback Active');
    assert.equal((await words(ids.balanced))[3], 'Loadbalancer Active');
    await row(page, ids.hit).getByRole('img', {name: 'Cache Hit', exact: true}).waitFor();
    assert.equal(await row(page, ids.failed).locator('.http-status').innerText(), '500');
    await row(page, ids.untracked).getByRole('img', {name: /Not tracked/}).waitFor();
    await close();
  });

  test('scrolls through all rows by the wheel while few are drawn', async () => {
    const {page, requests, close} = await browser.open(pk, '/');
    await row(page, ids.hostile).waitFor();
    await page.locator('.table-view').hover();
    for (let at = 0; at < 20; ++at) {
      await page.mouse.wheel(0, 1600);
      await settledAt(page, (at + 1) * 50);
      if ((await page.locator('.table-view [role=row]').count()) > 80) assert.fail('too many rows are drawn');
    }
    assert.ok(pagesOf(requests) <= 12, `${pagesOf(requests)} pages for 1,000 rows`);
    await page.keyboard.press('Home');
    await row(page, ids.hostile).waitFor();
    await close();
  });

  test('is read from its middle and its end by one request each', async () => {
    const {page, requests, close} = await browser.open(pk, '/');
    await page.getByText('5,010 logs').waitFor();
    const view = page.locator('.table-view');
    await becomes(() => page.locator('.table-space').evaluate((element) => element.clientHeight), 5010 * 32);
    // As a bar is dragged: through many places, to rest at one.
    const before = pagesOf(requests);
    await view.evaluate(drag);
    await settledAt(page, 2505);
    assert.ok(pagesOf(requests) - before <= 2, `${pagesOf(requests) - before} pages`);
    // The newest of insertLogs() stand behind the ten kinds.
    const middle = page.locator('[role=row][aria-rowindex="2510"]');
    const [expected] = await listed(`limit=1&skip=2508`);
    assert.equal(await middle.getAttribute('id'), `row-${expected.id}`);
    await page.getByText(/^2,5\d\d–2,5\d\d of$/).waitFor();

    await page.keyboard.press('End');
    const [oldest] = await listed('limit=1&reverse=true');
    await row(page, oldest.id).waitFor();
    await page.waitForFunction((id) => document.getElementById(`row-${id}`)?.getAttribute('aria-selected') === 'true', oldest.id);
    await page.keyboard.press('k');
    await page.locator('[role=row][aria-rowindex="5010"][aria-selected=true]').waitFor();
    await page.keyboard.press('PageUp');
    await page.locator('[role=row][aria-rowindex="4980"]').waitFor();
    await page.keyboard.press('Home');
    await page.locator(`[id="row-${ids.hostile}"][aria-selected=true]`).waitFor();
    assert.ok(pagesOf(requests) - before <= 4, api(requests).join('\n'));
    await close();
  });

  test('is walked from a log that the list does not hold', async () => {
    const {page, close} = await browser.open(pk, '/');
    await row(page, ids.hostile).waitFor();
    const [far, next] = await listed('limit=2&skip=3000');
    await page.evaluate((id) => history.replaceState({over: true}, '', `/logs/${id}`), far.id);
    await page.reload();
    await page.getByRole('complementary', {name: 'Log'}).waitFor();
    await page.keyboard.press('j');
    await page.waitForURL(`**/logs/${next.id}`);
    await close();
  });

  test('is walked, opened and closed with the keyboard', async () => {
    const {page, close} = await browser.open(pk, '/');
    await row(page, ids.hostile).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await becomes(() => row(page, ids.untracked).getAttribute('aria-selected'), 'true');
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/logs/${ids.untracked}`);
    await page.getByRole('article').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.waitForURL(`**/logs/${ids.tools}`);
    await page.keyboard.press('Escape');
    await page.waitForURL(`${pk.url}/`);
    await page.keyboard.press('?');
    await page.getByRole('dialog', {name: 'Keyboard'}).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({state: 'detached'});
    await close();
  });

  test('opens a log over itself by a click, and its address opens it alone', async () => {
    const {page, close} = await browser.open(pk, '/?status=cache-hit');
    await row(page, ids.hit).click();
    await page.waitForURL(`**/logs/${ids.hit}?status=cache-hit`);
    await page.getByRole('complementary', {name: 'Log'}).waitFor();
    await row(page, ids.hit).waitFor();
    await page.goBack();
    await page.getByRole('article').waitFor({state: 'detached'});
    await page.goto(`/logs/${ids.hit}`);
    await page.getByRole('article').waitFor();
    assert.equal(await page.getByRole('grid').count(), 0);
    await close();
  });
});

describe('filters', () => {
  const filtered = async (query, check) => {
    const {page, close} = await browser.open(pk, `/?${query}`);
    await page.locator('.table-view [role=row]').first().waitFor();
    await check(page);
    await close();
  };
  const counts = (page, words) => page.locator('.list-foot').getByText(words, {exact: true}).waitFor();

  test('come from the address, named like the flags', async () => {
    await filtered('status=cache-hit,cache-miss', async (page) => {
      await counts(page, '2 logs');
      await becomes(() => page.locator('.chip-text').allInnerTexts(), ['status:cache-hit,cache-miss']);
    });
    await filtered('metadata=team=red&model=gpt-4o-mini', async (page) => counts(page, '1,250 logs'));
    await filtered('search=haiku+about+the+tides.+(5)', async (page) => counts(page, '1 log'));
  });

  test('are typed in the language of the command line, and go to the address', async () => {
    const {page, close} = await browser.open(pk, '/');
    await row(page, ids.hostile).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('errors:true http-status:500 cost<=1');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${pk.url}/?errors=true&http-status=500&max-cost=1`);
    await becomes(() => page.locator('.chip-text').allInnerTexts(), ['errors:true', 'http-status:500', 'cost<=1']);
    await page.getByRole('button', {name: 'Drop cost<=1'}).click();
    await page.waitForURL(`${pk.url}/?errors=true&http-status=500`);
    await row(page, ids.failed).waitFor();
    await page.getByRole('combobox', {name: 'Filter'}).focus();
    await page.keyboard.press('Backspace');
    await becomes(() => page.getByRole('combobox', {name: 'Filter'}).inputValue(), 'http-status:500');
    await close();
  });

  test('are completed from names, slugs and values of the ledger', async () => {
    const {page, close} = await browser.open(pk, '/');
    await row(page, ids.hostile).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('mod');
    await page.getByRole('option', {name: /^model:/}).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('claude');
    await page.getByRole('option', {name: 'claude-sonnet-4-5'}).click();
    await page.waitForURL(`${pk.url}/?model=claude-sonnet-4-5`);
    await page.keyboard.type('metadata:te');
    await page.getByRole('option', {name: 'team'}).waitFor();
    await page.keyboard.press('Tab');
    await page.getByRole('option', {name: 'red'}).click();
    await page.waitForURL(`${pk.url}/?model=claude-sonnet-4-5&metadata=team=red`);
    await close();
  });

  test('say what is wrong with a term, and leave the list alone', async () => {
    const {page, close} = await browser.open(pk, '/');
    await row(page, ids.hostile).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('colour:red');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText("there is no filter 'colour'").waitFor();
    assert.equal(page.url(), `${pk.url}/`);
    await close();
  });

  test('are copied as the command that lists the same', async () => {
    const {page, close} = await browser.open(pk, '/?status=cache-hit&q=cost>0.5+%22two+words%22');
    await page.getByRole('button', {name: 'Copy command line'}).click();
    const line = await until('a line is copied', () => page.evaluate(() => navigator.clipboard.readText()));
    assert.equal(line, "pk logs list --status cache-hit 'cost>0.5' --search 'two words'");
    await close();
  });

  test('that leave nothing tell which of them takes the most', async () => {
    const {page, close} = await browser.open(pk, '/?model=gpt-4o&user=nobody');
    await page.getByRole('heading', {name: 'Nothing matches'}).waitFor();
    await page.locator('.without').getByRole('button', {name: 'user:nobody'}).click();
    await page.waitForURL(`${pk.url}/?model=gpt-4o`);
    await page.getByText('1,250 logs').waitFor();
    await close();
  });

  test('are edited in place, and come back where that is given up', async () => {
    const {page, close} = await browser.open(pk, '/?model=gpt-4o&user=ada');
    await page.locator('.chip-text', {hasText: 'user:ada'}).click();
    await page.waitForURL(`${pk.url}/?model=gpt-4o`);
    const field = page.getByRole('combobox', {name: 'Filter'});
    await becomes(() => field.inputValue(), 'user:ada');
    await field.press('Escape');
    await field.press('Escape');
    await page.waitForURL(`${pk.url}/?model=gpt-4o&user=ada`);
    await becomes(() => field.inputValue(), '');
    await page.locator('.chip-text', {hasText: 'user:ada'}).click();
    await page.waitForURL(`${pk.url}/?model=gpt-4o`);
    await field.fill('user:linus');
    await page.locator('.chip-text', {hasText: 'model:gpt-4o'}).click();
    await page.waitForURL(`${pk.url}/?user=linus`);
    await becomes(() => field.inputValue(), 'model:gpt-4o');
    await field.press('Enter');
    await page.waitForURL(`${pk.url}/?user=linus&model=gpt-4o`);
    await close();
  });

  test('that the server refuses show its words', async () => {
    const {page, close} = await browser.open(pk, '/?since=never', {expected: [/400/]});
    await page.getByRole('alert').getByText(/never/).waitFor();
    await close();
  });

  test('take a range of time', async () => {
    const {page, close} = await browser.open(pk, '/');
    await page.getByLabel('Time range').selectOption('1h');
    await page.waitForURL(`${pk.url}/?since=1h`);
    await page.getByText(/^[67]\d logs$|^8\d logs$/).waitFor();
    await close();
  });
});

describe('the live tail', () => {
  test('brings a new log to the top of the list', async () => {
    const {page, requests, close} = await browser.open(pk, '/');
    await row(page, ids.hostile).waitFor();
    await waitForTail(requests);
    const id = await demoCall(pk, {content: 'Live'});
    await row(page, id).waitFor();
    await becomes(() => row(page, id).getAttribute('aria-rowindex'), '2');
    await close();
  });

  test('holds new logs back while one reads further down', async () => {
    const {page, requests, close} = await browser.open(pk, '/');
    await row(page, ids.plain).waitFor();
    await waitForTail(requests);
    await page.locator('.table-view').evaluate((element) => (element.scrollTop = 640));
    await page.waitForFunction(() => !document.querySelector('[role=row][aria-rowindex="2"]'));
    await demoCall(pk);
    const second = await demoCall(pk);
    await page.getByRole('button', {name: '2 new'}).click();
    await row(page, second).waitFor();
    await close();
  });

  test('keeps to the filters, and stops when it is switched off', async () => {
    const {page, requests, close} = await browser.open(pk, '/?user=live-user');
    await page.getByRole('heading', {name: 'Nothing matches'}).waitFor();
    await waitForTail(requests);
    await demoCall(pk);
    const id = await demoCall(pk, {headers: {'x-portkey-metadata': '{"_user":"live-user"}'}});
    await row(page, id).waitFor();
    await page.getByRole('switch', {name: 'Live'}).click();
    const missed = await demoCall(pk, {headers: {'x-portkey-metadata': '{"_user":"live-user"}'}});
    await page.getByRole('switch', {name: 'Live'}).click();
    await row(page, missed).waitFor();
    await close();
  });
});

const waitForTail = (requests) => until('a tail is asked for', () => requests.some((url) => url.includes('/v1/logs/tail')));

describe('Analytics', () => {
  test('sums up what passed, and leads from a model to its logs', async () => {
    const {page, close} = await browser.open(pk, '/analytics?model=gpt-4o');
    await page.getByText('1,250', {exact: true}).first().waitFor();
    for (const title of ['Requests', 'Cost', 'Tokens', 'Latency', 'Cache hit rate', 'Retries', 'Feedback']) await page.getByRole('heading', {name: title, exact: true}).waitFor();
    await becomes(() => page.locator('.plot canvas').count(), 7);
    await page.getByRole('link', {name: 'ada'}).click();
    await page.waitForURL('**/?model=gpt-4o&user=ada');
    await page.locator('.table-view [role=row]').first().waitFor();
    await close();
  });

  test('zooms by dragging and lists a bar by a click', async () => {
    const {page, close} = await browser.open(pk, '/analytics');
    const plot = page.locator('.plot .u-over').first();
    await plot.waitFor();
    const box = await plot.boundingBox();
    await page.mouse.move(box.x + box.width * 0.4, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 20, {steps: 4});
    await page.mouse.up();
    await page.waitForURL(/\/analytics\?since=.*&until=/);
    await page.goBack();
    await page.waitForURL(`${pk.url}/analytics`);
    await plot.click({position: {x: box.width * 0.5, y: 60}});
    await page.waitForURL(/\/\?since=.*&until=/);
    await page.locator('.table-view [role=row]').first().waitFor();
    await close();
  });

  test('is read bar by bar with the arrow keys, and Enter lists a bar', async () => {
    const {page, close} = await browser.open(pk, '/analytics');
    const chart = page.getByRole('slider', {name: /^Requests over time/});
    await chart.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    // The hour before this one: of how many it is depends on when that began.
    const [, requests] = await until('the last bar but one is read', async () => {
      const [now, max] = [await chart.getAttribute('aria-valuenow'), await chart.getAttribute('aria-valuemax')];
      return Number(now) === Number(max) - 1 && /: requests (\d+), errors \d/.exec(await chart.getAttribute('aria-valuetext'));
    });
    const tokens = page.getByRole('slider', {name: /^Tokens over time/});
    await becomes(() => tokens.getAttribute('aria-valuenow'), await chart.getAttribute('aria-valuenow'));
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/\?since=.*&until=/);
    await page.getByText(new RegExp(`^${requests} logs?$`)).waitFor();
    await close();
  });
});

test('The skip link leads to the content, and Escape leaves a field before it closes anything', async () => {
  const {page, close} = await browser.open(pk, `/`);
  await row(page, ids.plain).click();
  await page.getByRole('article').waitFor();
  await page.getByRole('link', {name: 'Skip to the content'}).focus();
  await page.keyboard.press('Enter');
  await becomes(() => page.evaluate(() => document.activeElement.id), 'main');
  await page.keyboard.press('f');
  await page.getByLabel('Comment').fill('Half a');
  await page.keyboard.press('Escape');
  assert.equal(await page.getByLabel('Comment').inputValue(), 'Half a');
  await page.keyboard.press('Escape');
  await page.getByRole('article').waitFor({state: 'detached'});
  await close();
});

test('A server that goes away is said, what is on screen stays, and what came meanwhile is there when it is back', async () => {
  const own = await Pk.startToComeBack();
  const {page, close} = await browser.open(own, '/', {expected: [/ERR_/]});
  try {
    await page.getByRole('heading', {name: 'No logs yet'}).waitFor();
    const id = await demoCall(own);
    await row(page, id).waitFor();
    await own.end();
    await page.getByText('pk serve does not answer').waitFor();
    assert.ok(await row(page, id).isVisible());
    await own.serve([], own.url.slice('http://'.length));
    const later = await demoCall(own);
    await row(page, later).waitFor();
    await page.getByText('pk serve does not answer').waitFor({state: 'detached'});
    assert.ok(await row(page, id).isVisible());
    await own.end();
  } finally {
    await close();
    await rm(own.data, {recursive: true});
  }
});
