// The filter language of the page: text, query parameters and command lines say the same.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {fixedValues, lastWord, nameSuggestions, needOf, valueSuggestions} from '../../../lib/admin/web/src/filter/complete.ts';
import {queryToTerms, termsToCommand, termsToQuery} from '../../../lib/admin/web/src/filter/query.ts';
import {durationMs, rangeOf, timeMs, withRange} from '../../../lib/admin/web/src/filter/range.ts';
import {parseText, termsText} from '../../../lib/admin/web/src/filter/text.ts';

const good: [text: string, query: string, command: string][] = [
  ['status:cache-hit,cache-miss metadata:team=red', 'status=cache-hit,cache-miss&metadata=team=red', 'pk logs list --status cache-hit,cache-miss --metadata team=red'],
  ['model:"my model"', 'model=my+model', "pk logs list --model 'my model'"],
  ['cost>=0.01', 'min-cost=0.01', 'pk logs list --min-cost 0.01'],
  ['tokens<=500', 'max-tokens=500', 'pk logs list --max-tokens 500'],
  ['cost>0.01', 'q=cost>0.01', "pk logs list 'cost>0.01'"],
  ['errors:true', 'errors=true', 'pk logs list --errors'],
  ['stream:false', 'stream=false', 'pk logs list --stream=false'],
  ['"words to find"', 'search=words+to+find', "pk logs list --search 'words to find'"],
  ['"it\'s"', "search=it's", "pk logs list --search 'it'\\''s'"],
  ['model:"a,b"', 'q=model:%22a,b%22', `pk logs list 'model:"a,b"'`],
  ['http-status:5xx since:2h', 'http-status=5xx&since=2h', 'pk logs list --http-status 5xx --since 2h'],
];

for (const [text, query, command] of good) {
  test(`${text} as a query, and back`, () => {
    const parsed = parseText(text);
    assert.equal(parsed.problem, null);
    assert.equal(termsToQuery(parsed.terms), query);
    assert.equal(termsText(queryToTerms(query)), text);
    assert.equal(termsToCommand(parsed.terms), command);
  });
}

test('A bare word searches, and names are read in any case with _ for -', () => {
  assert.deepEqual(parseText('hello').terms, [{name: 'search', op: ':', value: 'hello'}]);
  assert.deepEqual(parseText('HTTP_Status:200 min-cost:1').terms, [{name: 'http-status', op: ':', value: '200'}, {name: 'cost', op: '>=', value: '1'}]);
});

test('An escaped quote and backslash come back as they were', () => {
  const {terms} = parseText('"say \\"hi\\" \\\\ bye"');
  assert.equal(terms[0]!.value, 'say "hi" \\ bye');
  assert.deepEqual(parseText(termsText(terms)).terms, terms);
});

const bad: [text: string, problem: RegExp][] = [
  ['colour:red', /no filter 'colour'/],
  ['model>=3', /compared with ':' only/],
  ['min-cost>=3', /compared with ':' only/],
  ['model:', /wants a value/],
  ['"never closed', /not closed/],
];
for (const [text, problem] of bad) test(`${text} says what is wrong`, () => assert.match(parseText(text).problem ?? '', problem));

test('What is before a wrong term is still read', () => {
  const parsed = parseText('model:a colour:red');
  assert.equal(parsed.terms.length, 1);
  assert.ok(parsed.problem);
});

test('Parameters of the page itself are no filters', () => assert.deepEqual(queryToTerms('reverse=true&limit=3&model='), []));

test('A switch without a value is on', () => assert.deepEqual(queryToTerms('errors'), [{name: 'errors', op: ':', value: 'true'}]));

test('A range takes the place of the one before', () => {
  const terms = withRange(parseText('since:2h model:a until:1h').terms, {since: '7d', until: null});
  assert.deepEqual(rangeOf(terms), {since: '7d', until: null});
  assert.equal(termsText(terms), 'model:a since:7d');
});

test('Durations and times', () => {
  assert.equal(durationMs('90s'), 90_000);
  assert.equal(durationMs('2w'), 2 * 7 * 864e5);
  assert.equal(durationMs('soon'), null);
  assert.equal(timeMs('15m', 1e9), 1e9 - 9e5);
  assert.equal(timeMs('2026-03-01T00:00:00Z', 0), Date.UTC(2026, 2, 1));
  assert.equal(timeMs('never', 0), null);
});

test('Completion: names, then slugs, then values of the ledger', () => {
  assert.deepEqual(nameSuggestions('mod').map((each) => each.text), ['model:']);
  assert.ok(nameSuggestions('cost').some((each) => each.text === 'cost>='));
  assert.deepEqual(fixedValues('status:cache-h').map((each) => each.text), ['status:cache-hit']);
  assert.ok(!fixedValues('status:cache-hit,').some((each) => each.label === 'cache-hit'));
  assert.deepEqual(needOf('model:gpt-4o,cl'), {name: 'model:gpt-4o,', field: 'model', prefix: 'cl'});
  assert.deepEqual(needOf('metadata:te'), {name: 'metadata:', field: 'metadata', prefix: 'te'});
  assert.deepEqual(needOf('metadata:team=r'), {name: 'metadata:team=', field: 'metadata.team', prefix: 'r'});
  assert.equal(needOf('latency>'), null);
});

test('What is taken reads back, odd values too', () => {
  const [odd] = valueSuggestions({name: 'user:', field: 'user', prefix: ''}, ['Ada "the" L']);
  assert.deepEqual(parseText(odd!.text).terms, [{name: 'user', op: ':', value: 'Ada "the" L', exact: true}]);
  const [key] = valueSuggestions({name: 'metadata:', field: 'metadata', prefix: ''}, ['team']);
  assert.deepEqual([key!.text, key!.done], ['metadata:team=', false]);
  const [pair] = valueSuggestions({name: 'metadata:team=', field: 'metadata.team', prefix: ''}, ['dark red']);
  assert.equal(parseText(pair!.text).terms[0]!.value, 'team=dark red');
});

test('The last word is what is completed, quotes and all', () => {
  assert.equal(lastWord('model:a sta'), 'sta');
  assert.equal(lastWord('user:"Ada L'), 'user:"Ada L');
  assert.equal(lastWord('model:a '), '');
});
