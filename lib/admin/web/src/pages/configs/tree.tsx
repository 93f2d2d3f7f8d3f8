// A config as the tree that it is: strategies, and the targets that are its leaves.
import type {Json, JsonObject} from '../../api/types.ts';
import {isObject} from '../../stream/conversation.ts';

const text = (value: Json | undefined) => (typeof value === 'string' ? value : '');

function strategyWords(config: JsonObject): string {
  const strategy = isObject(config['strategy']) ? config['strategy'] : {};
  switch (strategy['mode']) {
    case 'fallback': {
      const codes = strategy['on_status_codes'];
      return `Fallback, in this order${Array.isArray(codes) ? `, on ${codes.join(', ')}` : ', on any error'}`;
    }
    case 'loadbalance': return 'Load balance, by weight';
    case 'conditional': return 'Conditional';
    default: return 'One target';
  }
}

// What a node says beside its children, in short words.
function notes(config: JsonObject): string[] {
  const out: string[] = [];
  const retry = config['retry'];
  if (isObject(retry)) out.push(`retry ${String(retry['attempts'] ?? '')}×`);
  const cache = config['cache'];
  if (isObject(cache)) out.push(`cache ${text(cache['mode'])}${cache['max_age'] ? `, ${String(cache['max_age'])} s` : ''}`);
  if (config['request_timeout']) out.push(`timeout ${String(config['request_timeout'])} ms`);
  if (config['custom_host']) out.push(text(config['custom_host']));
  const override = config['override_params'];
  if (isObject(override)) for (const [name, value] of Object.entries(override)) out.push(`${name} = ${JSON.stringify(value)}`);
  return out;
}

function shareOf(target: JsonObject, siblings: readonly Json[]): string | null {
  const weight = (each: Json) => (isObject(each) && typeof each['weight'] === 'number' ? each['weight'] : 1);
  const sum = siblings.reduce<number>((total, each) => total + weight(each), 0);
  return sum > 0 ? `${Math.round((weight(target) / sum) * 100)} %` : null;
}

function conditionOf(parent: JsonObject, target: JsonObject): string | null {
  const strategy = isObject(parent['strategy']) ? parent['strategy'] : {};
  const name = text(target['name']);
  if (!name || !Array.isArray(strategy['conditions'])) return null;
  const queries = strategy['conditions'].filter((each) => isObject(each) && each['then'] === name).map((each) => JSON.stringify((each as JsonObject)['query']));
  if (strategy['default'] === name) queries.push('else');
  return queries.join(' or ') || null;
}

function Node({config, path, parent}: {config: JsonObject; path: string; parent: JsonObject | null}) {
  const targets = Array.isArray(config['targets']) ? config['targets'] : null;
  const siblings = parent && Array.isArray(parent['targets']) ? parent['targets'] : [];
  const balanced = parent && isObject(parent['strategy']) && parent['strategy']['mode'] === 'loadbalance';
  const who = text(config['provider']) || text(config['virtual_key']) || text(config['prompt_id']);
  return (
    <li>
      <div class="node">
        <code class="faint">{path}</code>
        {targets ? <b>{strategyWords(config)}</b> : <b>{who || 'from the request'}</b>}
        {text(config['name']) && <span class="tag">{text(config['name'])}</span>}
        {balanced && <span class="tag">{shareOf(config, siblings)}</span>}
        {parent && conditionOf(parent, config) && <code>{conditionOf(parent, config)}</code>}
        {notes(config).map((note) => <span class="quiet" key={note}>{note}</span>)}
      </div>
      {targets && <ul>{targets.map((target, at) => isObject(target) && <Node key={at} config={target} path={`targets[${at}]`} parent={config} />)}</ul>}
    </li>
  );
}

export function ConfigTree({config}: {config: JsonObject}) {
  return <ul class="tree"><Node config={config} path="config" parent={null} /></ul>;
}
