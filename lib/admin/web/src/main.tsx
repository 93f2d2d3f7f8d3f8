import {render} from 'preact';
import {App} from './app.tsx';
import {listen} from './state/location.ts';
import {listenKeys} from './state/keys.ts';
import './style/tokens.css';
import './style/base.css';
import './style/frame.css';
import './style/filter.css';
import './style/logs.css';
import './style/log.css';
import './style/json.css';
import './style/pages.css';

listen();
listenKeys();
render(<App />, document.getElementById('app')!);
