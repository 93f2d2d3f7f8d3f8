// Which version is looked at.
import {ago} from '../format/time.ts';
import {now} from '../state/now.ts';

interface Version {
  version: number;
  updated_at: string;
}

export function VersionPicker({versions, current, onChange, label, labels = {}, none}: {
  versions: readonly Version[]; current: number | null; onChange: (version: number | null) => void; label: string; labels?: Record<string, number>; none?: string;
}) {
  const named = (version: number) => Object.entries(labels).filter(([, at]) => at === version).map(([name]) => name).join(', ');
  return (
    <select class="field version" aria-label={label} value={current === null ? '' : String(current)} onChange={(event) => onChange(event.currentTarget.value ? Number(event.currentTarget.value) : null)}>
      {none && <option value="">{none}</option>}
      {versions.map((each) => (
        <option key={each.version} value={String(each.version)}>
          Version {each.version}{named(each.version) ? ` (${named(each.version)})` : ''}, {ago(each.updated_at, now.value)}
        </option>
      ))}
    </select>
  );
}
