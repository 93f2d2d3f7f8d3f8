// What the keyboard does.
import {Dialog} from './dialog.tsx';

const keys: [string[], string][] = [
  [['j', 'k'], 'Next and previous log; the arrow keys too'],
  [['Enter'], 'Open the log'],
  [['Esc'], 'Close it'],
  [['/'], 'Filter'],
  [['f'], 'Give feedback'],
  [['r'], 'Replay'],
  [['s'], 'Share'],
  [['Home', 'End'], 'To the first and the last'],
  [['Page Up', 'Page Down'], 'A screen further'],
  [['Ctrl', 'Enter'], 'Run, in a playground'],
  [['?'], 'This help'],
];

export function KeysHelp({onClose}: {onClose: () => void}) {
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <div class="body">
        <dl class="keys">
          {keys.map(([names, words]) => <><dt>{names.map((name) => <><kbd>{name}</kbd> </>)}</dt><dd>{words}</dd></>)}
        </dl>
      </div>
    </Dialog>
  );
}
