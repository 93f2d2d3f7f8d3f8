// The filter field: each term a chip that can be edited or dropped, and a line for the next, in the language of
// the command line, with what may come next below it.
import {useEffect, useRef, useState} from 'preact/hooks';
import {logs} from '../api/calls.ts';
import {fixedValues, lastWord, nameSuggestions, needOf, valueSuggestions, type Suggestion} from '../filter/complete.ts';
import type {Term} from '../filter/names.ts';
import {termsToCommand} from '../filter/query.ts';
import {withoutRange, withRange, rangeOf} from '../filter/range.ts';
import {parseText, termText} from '../filter/text.ts';
import {useKeys} from '../state/keys.ts';
import {CopyButton} from './controls.tsx';
import {Icon} from './icon.tsx';

interface Props {
  terms: readonly Term[];
  onChange: (terms: Term[]) => void;
  command?: string;
}

// What may come next after `text`; values of the ledger come a moment later.
function useSuggestions(text: string, open: boolean): Suggestion[] {
  const word = lastWord(text);
  const need = open ? needOf(word) : null;
  const key = need ? `${need.field}\n${need.prefix}` : '';
  const [values, setValues] = useState<{key: string; data: string[]}>({key: '', data: []});
  useEffect(() => {
    if (!need) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      logs.values(need.field, need.prefix, abort.signal).then(({data}) => setValues({key, data}), () => {});
    }, 60);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [key]);
  if (!open) return [];
  const fixed = fixedValues(word);
  if (need) return [...fixed, ...valueSuggestions(need, values.key === key ? values.data : [])].slice(0, 12);
  return fixed.length || /[:<>=]/.test(word) ? fixed.slice(0, 12) : nameSuggestions(word).slice(0, 24);
}

export function FilterField({terms, onChange, command}: Props) {
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const [problem, setProblem] = useState<string | null>(null);
  // The chip that is being edited: it comes back where that is given up, and stands as it is written where the
  // field is left.
  const taken = useRef<Term | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const suggestions = useSuggestions(text, open);
  const chips = withoutRange(terms);
  const range = rangeOf(terms);

  useKeys({'/': () => input.current?.focus()});
  useEffect(() => setChosen(-1), [text, open]);
  useEffect(() => void document.getElementById(`suggestion-${chosen}`)?.scrollIntoView({block: 'nearest'}), [chosen]);

  const edit = (value: string) => {
    setText(value);
    setProblem(null);
    setOpen(true);
  };
  const put = (next: readonly Term[], newRange = range) => onChange(withRange(next, newRange));
  // The whole line becomes terms, or says why not.
  const commit = (line: string) => {
    const parsed = parseText(line);
    setProblem(parsed.problem);
    if (parsed.problem) return;
    const written = rangeOf(parsed.terms);
    const sets = written.since !== null || written.until !== null;
    setText('');
    taken.current = null;
    if (parsed.terms.length) put([...chips, ...withoutRange(parsed.terms)], sets ? written : range);
  };
  const take = (suggestion: Suggestion) => {
    const line = text.slice(0, text.length - lastWord(text).length) + suggestion.text;
    if (suggestion.done) commit(line);
    else edit(line);
    input.current?.focus();
  };
  const editChip = (index: number) => {
    const term = chips[index]!;
    put(chips.filter((_, at) => at !== index));
    edit(termText(term));
    taken.current = term;
    input.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (suggestions.length) setChosen((chosen + step + (chosen < 0 && step < 0 ? 1 : 0) + suggestions.length) % suggestions.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (suggestions[chosen]) take(suggestions[chosen]);
      else {
        commit(text);
        setOpen(false);
      }
    } else if (event.key === 'Tab' && suggestions.length && text && !event.shiftKey) {
      event.preventDefault();
      take(suggestions[Math.max(0, chosen)]!);
    } else if (event.key === 'Backspace' && text === '' && chips.length) {
      event.preventDefault();
      editChip(chips.length - 1);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (open && suggestions.length) return setOpen(false);
      const term = taken.current;
      if (term) {
        setText('');
        taken.current = null;
        put([...chips, term]);
      }
      input.current?.blur();
    }
  };
  const listed = open && suggestions.length > 0;
  return (
    <div class="filter" role="search">
      <div class="filter-line" onClick={(event) => event.target === event.currentTarget && input.current?.focus()}>
        <Icon name="search" />
        {chips.map((term, index) => (
          <span class="chip" key={index}>
            <button type="button" class="chip-text" title="Edit this filter" onClick={() => editChip(index)}>{termText(term)}</button>
            <button type="button" class="chip-drop" aria-label={`Drop ${termText(term)}`} onClick={() => put(chips.filter((_, at) => at !== index))}><Icon name="close" /></button>
          </span>
        ))}
        <input ref={input} class="filter-input" value={text} placeholder={chips.length ? '' : 'Filter: model:gpt-4o cost>=0.01 "words in bodies"'}
          role="combobox" aria-label="Filter" aria-expanded={listed} aria-controls={listed ? 'suggestions' : undefined} aria-autocomplete="list"
          aria-activedescendant={listed && chosen >= 0 ? `suggestion-${chosen}` : undefined} aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? 'filter-problem' : undefined} autocomplete="off" autocapitalize="off" spellcheck={false}
          onInput={(event) => edit(event.currentTarget.value)} onKeyDown={onKey} onFocus={() => setOpen(true)}
          onBlur={() => { setOpen(false); if (taken.current) commit(text); }} />
        {chips.length > 0 && <button type="button" class="chip-drop all" aria-label="Drop all filters" title="Drop all filters" onClick={() => put([])}><Icon name="close" /></button>}
        <CopyButton text={termsToCommand(terms, command)} what="Command line" />
      </div>
      {listed && (
        <ul class="suggestions" id="suggestions" role="listbox" aria-label="What may come next" onMouseDown={(event) => event.preventDefault()}>
          {suggestions.map((suggestion, index) => (
            <li key={suggestion.text} id={`suggestion-${index}`} role="option" aria-selected={index === chosen} onClick={() => take(suggestion)}>
              <span class="mono">{suggestion.label}</span><span class="faint clip">{suggestion.help}</span>
            </li>
          ))}
        </ul>
      )}
      {problem && <p class="filter-problem" id="filter-problem" role="alert">{problem}</p>}
    </div>
  );
}
