// Two versions side by side: how their templates differ, and what each answers.
import {prompts} from '../../api/calls.ts';
import type {JsonObject, WholePrompt} from '../../api/types.ts';
import {Comparison, RunAnswer} from '../../editor/result.tsx';
import type {Runner} from '../../editor/runner.ts';
import {DiffSide, JsonDiff, useWordDiff} from '../../ui/diff_view.tsx';

interface Props {
  before: WholePrompt;
  after: WholePrompt;
  runners: [Runner, Runner];
}

// Both at once, with the same variables.
export function runBoth(before: WholePrompt, after: WholePrompt, runners: [Runner, Runner], variables: JsonObject) {
  void runners[0].start(prompts.runUrl(before.id, before.version), {variables, stream: true});
  void runners[1].start(prompts.runUrl(after.id, after.version), {variables, stream: true}, true);
}

function PartialDiff({before, after}: {before: string; after: string}) {
  const pieces = useWordDiff(before, after);
  return <div class="sides"><DiffSide pieces={pieces} side="removed" /><DiffSide pieces={pieces} side="added" /></div>;
}

export function Compare({before, after, runners}: Props) {
  return (
    <>
      <section><h2>Templates</h2>
        {before.partial ? <PartialDiff before={before.text ?? ''} after={after.text ?? ''} /> : <JsonDiff before={before.template ?? null} after={after.template ?? null} />}
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
