// What is kept, for how long, and what the month would cost.
import {useState} from 'preact/hooks';
import {plan as calls} from '../../api/calls.ts';
import type {Plan} from '../../api/types.ts';
import {count, dollars, percent} from '../../format/number.ts';
import {useLoad} from '../../state/load.ts';
import {mayChange} from '../../state/session.ts';
import {say, sayError} from '../../state/toast.ts';
import {Button, Command, Problem} from '../../ui/controls.tsx';
import {Confirm} from '../../ui/dialog.tsx';

interface Tier {
  id: string;
  words: string;
  logs: string;
  content: string;
  statistics: string;
  beyond: string;
}

const tiers: Tier[] = [
  {id: 'developer', words: 'Developer', logs: '10,000', content: '3 days', statistics: '30 days', beyond: 'served, only statistics kept'},
  {id: 'production', words: 'Production', logs: '100,000', content: '30 days', statistics: '365 days', beyond: '$9 per 100,000 begun'},
  {id: 'enterprise', words: 'Enterprise', logs: 'unlimited', content: 'for ever', statistics: 'for ever', beyond: '–'},
];

const kept = (days: number | null) => (days === null ? 'for ever' : `${days} days`);

function Usage({plan}: {plan: Plan}) {
  const ratio = plan.allowance ? plan.used / plan.allowance : 0;
  return (
    <section aria-labelledby="usage">
      <h2 id="usage">This month</h2>
      <p class="big">{count(plan.used)} <span class="quiet">{plan.allowance === null ? 'logs, of no limit' : `of ${count(plan.allowance)} logs`}</span></p>
      {plan.allowance !== null && (
        <>
          <div class="meter" role="meter" aria-label="Logs of the allowance" aria-valuemin={0} aria-valuemax={plan.allowance} aria-valuenow={Math.min(plan.used, plan.allowance)}>
            <i class={ratio > 1 ? 'over' : ''} style={{width: `${Math.min(100, ratio * 100)}%`}} />
          </div>
          <p class="quiet">{percent(ratio)} used{plan.overage > 0 ? `; ${count(plan.overage)} beyond it${plan.overage_usd ? `, which would cost ${dollars(plan.overage_usd)}` : ''}` : ''}. Months begin at midnight UTC.</p>
        </>
      )}
      <p class="quiet">{plan.retention_days === null && plan.statistics_days === null ? 'Content and statistics are kept for ever. What you do not want any more goes with:'
        : `Content is kept ${kept(plan.retention_days)}, statistics ${kept(plan.statistics_days)}. What is over goes with:`}</p>
      <Command text={plan.plan === 'enterprise' ? 'pk prune --older-than 90d --dry-run' : 'pk prune --dry-run'} />
    </section>
  );
}

export function PlanPage() {
  const {data, error, reload} = useLoad('plan', calls.get, true);
  const [asking, setAsking] = useState<Tier | null>(null);
  const set = async (tier: Tier) => {
    try {
      await calls.set(tier.id);
      say(`The plan is ${tier.words}`);
      reload();
    } catch (problem) {
      sayError(problem);
    }
  };
  return (
    <>
      <div class="top"><h1>Plan</h1></div>
      <div class="content narrow">
        {error && <Problem error={error} />}
        {data && <>
          <Usage plan={data} />
          <section aria-labelledby="plans">
            <h2 id="plans">Plans</h2>
            <div class="scroll-x">
              <table class="plain">
                <thead><tr><th>Plan</th><th class="number">Logs a month</th><th>Content</th><th>Statistics</th><th>Beyond the allowance</th><th><span class="visually-hidden">Actions</span></th></tr></thead>
                <tbody>
                  {tiers.map((tier) => (
                    <tr key={tier.id} aria-current={tier.id === data.plan ? 'true' : undefined}>
                      <td>{tier.id === data.plan ? <b>{tier.words}</b> : tier.words}</td><td class="number">{tier.logs}</td><td>{tier.content}</td><td>{tier.statistics}</td><td>{tier.beyond}</td>
                      <td class="number">{tier.id === data.plan ? <span class="quiet">current</span> : mayChange() && <Button onClick={() => setAsking(tier)}>Choose</Button>}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <p class="quiet">These are the terms of Portkey's plans of the same names; nobody is billed by pk. Nothing is deleted before <code>pk prune</code> runs.</p>
          </section>
        </>}
      </div>
      {asking && <Confirm title={`Change the plan to ${asking.words}?`} verb="Change" onYes={() => void set(asking)} onClose={() => setAsking(null)}
        words={asking.id === 'enterprise' ? 'Nothing is removed any more until you ask for it.' : `The next pk prune keeps content ${asking.content} and statistics ${asking.statistics}.`} />}
    </>
  );
}
