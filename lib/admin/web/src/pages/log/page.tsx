// A log by its own address: the whole page, and from there to its neighbours.
import {logs} from '../../api/calls.ts';
import {queryToTerms, termsToQuery} from '../../filter/query.ts';
import {useKeys} from '../../state/keys.ts';
import {navigate, query} from '../../state/location.ts';
import {say, sayError} from '../../state/toast.ts';
import {Icon} from '../../ui/icon.tsx';
import {LogView} from './view.tsx';

export function LogPage({id}: {id: string}) {
  const asked = termsToQuery(queryToTerms(query.value));
  const move = async (step: number) => {
    try {
      const {newer, older} = await logs.neighbours(id, asked);
      const next = step < 0 ? newer : older;
      if (next) navigate(`/logs/${next}${asked ? `?${asked}` : ''}`);
      else say(step < 0 ? 'This is the newest' : 'This is the oldest');
    } catch (error) {
      sayError(error);
    }
  };
  const list = asked ? `/?${asked}` : '/';
  useKeys({j: () => void move(1), k: () => void move(-1), ArrowDown: () => void move(1), ArrowUp: () => void move(-1), Escape: () => navigate(list)});
  return (
    <div class="log-page">
      <a class="back" href={list}><Icon name="left" />Logs</a>
      <LogView key={id} id={id} query={asked} onMove={(step) => void move(step)} onRemoved={() => navigate(list)} />
    </div>
  );
}
