// The dialog of a secret that is shown once.
import {forgetShown, shownOnce} from '../state/shown_once.ts';
import {Button, Command} from './controls.tsx';
import {Dialog} from './dialog.tsx';

export function ShownOnceDialog() {
  const secret = shownOnce.value;
  if (!secret) return null;
  return (
    <Dialog title={secret.title}>
      <div class="body"><p>{secret.words}</p><Command text={secret.text} what={secret.what} /></div>
      <footer><Button kind="primary" onClick={forgetShown}>Done</Button></footer>
    </Dialog>
  );
}
