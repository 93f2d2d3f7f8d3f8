// A dialog of the browser's own: it keeps the focus, and Escape closes it.
import type {ComponentChildren} from 'preact';
import {useEffect, useId, useRef} from 'preact/hooks';
import {Button} from './controls.tsx';

interface Props {
  title: string;
  onClose?: () => void;  // without it neither Escape nor a click beside it ends the dialog, only what is in it
  children: ComponentChildren;
  look?: 'wide' | 'cover';  // cover: nothing behind it is seen
}

export function Dialog({title, onClose, children, look}: Props) {
  const id = useId();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current!;
    dialog.showModal();
    dialog.querySelector<HTMLElement>('.body input, .body select, .body textarea')?.focus();
    return () => dialog.close();
  }, []);
  const onBackdrop = (event: MouseEvent) => event.target === ref.current && onClose?.();
  // Browsers close it at the second Escape whatever the first was answered.
  const reopen = () => { if (ref.current?.isConnected && !ref.current.open) ref.current.showModal(); };
  return (
    <dialog ref={ref} class={look} aria-labelledby={id} onClick={onBackdrop}
      onCancel={(event) => { event.preventDefault(); onClose?.(); }} onClose={reopen} onKeyDown={(event) => event.stopPropagation()}>
      <header>
        <h2 id={id} class="grow">{title}</h2>
        {onClose && <Button kind="bare" icon="close" words="Close" onClick={onClose} />}
      </header>
      {children}
    </dialog>
  );
}

// Asks before what cannot be undone.
export function Confirm({title, words, verb, onYes, onClose}: {title: string; words: string; verb: string; onYes: () => void; onClose: () => void}) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="body"><p>{words}</p></div>
      <footer>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" onClick={() => { onClose(); onYes(); }}>{verb}</Button>
      </footer>
    </Dialog>
  );
}
