// Two versions side by side: how their templates differ, and what each answers.
import {prompts} from '../../api/calls.ts';
import type {Json, JsonObject, Prompt} from '../../api/types.ts';
import {Comparison, RunAnswer} from '../../editor/result.tsx';
import type {Runner} from '../../editor/runner.ts';
import {DiffSide, JsonDiff, useWordDiff} from '../../ui/diff_view.tsx';

interface Props {
  before: Prompt;
  after: Prompt;
  runners: [Runner, Runner];
}

// Both at once, with the same variables.
export function runBoth(before: Prompt, after: Prompt, runners: [Runner, Runner], variables: JsonObject) {
  void runners[0].start(prompts.runUrl(before.id, before.version), {variables, stream: true});
  void runners[1].start(prompts.runUrl(after.id, after.version), {variables, stream: true});
}

function PartialDiff({before, after}: {before: string; after: string}) {
  const pieces = useWordDiff(before, after);
  return <div class="sides"><DiffSide pieces={pieces} side="removed" /><DiffSide pieces={pieces} side="added" /></div>;
}

export function Compare({before, after, runners}: Props) {
  const texts = typeof before.template === 'string' && typeof after.template === 'string';
  return (
    <>
      <section><h2>Templates</h2>
        {texts ? <PartialDiff before={before.template as string} after={after.template as string} /> : <JsonDiff before={before.template as Json} after={after.template as Json} />}
      </section>
      {!before.partial && (
        <>
          <div class="sides">
            <section aria-label={`Version ${before.version}`}><h2>Version {before.version}</h2><RunAnswer runner={runners[0]} /></section>
            <section aria-label={`Version ${after.version}`}><h2>Version {after.version}</h2><RunAnswer runner={runners[1]} /></section>
          </div>
          {runners[0].log && <Comparison before={runners[0].log} after={runners[1].log} names={[`Version ${before.version}`, `Version ${after.version}`]} />}
        </>
      )}
    </>
  );
}
