// Numbers for people. Figures are in tabular type, so equal places stand under one another.

const grouped = new Intl.NumberFormat('en-US');

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : grouped.format(value);
}

// "1.2 M" for axes and heads.
export function shortCount(value: number): string {
  const steps: [number, string][] = [[1e9, ' G'], [1e6, ' M'], [1e3, ' k']];
  for (const [step, unit] of steps)
    if (Math.abs(value) >= step) return trimmed(value / step) + unit;
  return Number.isInteger(value) ? String(value) : trimmed(value);
}

// "$0.05" for axes.
export function dollarTick(value: number): string {
  if (value === 0) return '0';
  return Math.abs(value) >= 1000 ? `$${shortCount(value)}` : `$${Number(value.toPrecision(3))}`;
}

function trimmed(value: number): string {
  return value.toFixed(Math.abs(value) < 10 ? 1 : 0).replace(/\.0$/, '');
}

// Cost of one call: cents, to the hundredth, with more places where there would be less than two figures.
export function cents(usd: number | null | undefined): string {
  if (usd === null || usd === undefined) return '–';
  const value = usd * 100;
  if (value === 0) return '0 ¢';
  if (Math.abs(value) < 0.0001) return '<0.0001 ¢';
  if (Math.abs(value) < 0.1) return `${Number(value.toPrecision(2))} ¢`;
  return `${value.toFixed(2)} ¢`;
}

// Money summed over many calls.
export function dollars(usd: number | null | undefined): string {
  if (usd === null || usd === undefined) return '–';
  if (usd === 0) return '$0';
  if (Math.abs(usd) < 0.01) return `$${usd.toPrecision(2).includes('e') ? usd.toFixed(6) : Number(usd.toPrecision(2))}`;
  return `$${new Intl.NumberFormat('en-US', {minimumFractionDigits: 2, maximumFractionDigits: 2}).format(usd)}`;
}

export function percent(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined) return '–';
  const value = ratio * 100;
  return `${value === 0 || value >= 10 ? value.toFixed(0) : value.toFixed(1)} %`;
}

// A number with a sign, and a real minus.
export function signed(value: number, digits = 0): string {
  const text = Math.abs(value).toFixed(digits);
  return value > 0 ? `+${text}` : value < 0 ? `−${text}` : text;
}

// How much `now` is more or less than `before`: "+12 %".
export function change(now: number | null, before: number | null): string {
  if (now === null || before === null || before === 0) return '';
  const ratio = ((now - before) / before) * 100;
  if (Math.abs(ratio) < 0.5) return 'same';
  return `${signed(ratio)} %`;
}
