// One of the small charts. Dragging over it picks a range of time, a click one bucket; arrow keys go from bucket to
// bucket, and Enter is the click.
import {signal} from '@preact/signals';
import type {RefObject} from 'preact';
import {useEffect, useRef} from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import {date} from '../../format/time.ts';
import {theme} from '../../state/theme.ts';
import type {Axis} from './buckets.ts';

export interface Line {
  name: string;
  values: (number | null)[];
  color: 1 | 2 | 3;
  kind: 'bars' | 'line';
  words: (value: number | null) => string;
  right?: boolean;  // has a scale of its own
}

interface Props {
  title: string;
  total: string;
  axis: Axis;
  lines: Line[];
  tick: (value: number) => string;
  range?: [number, number];
  onRange: (fromMs: number, toMs: number) => void;
  onBucket: (fromMs: number, toMs: number) => void;
}

const heightPx = 136;

// The bucket under the pointer, in any of the charts.
export const hovered = signal<number | null>(null);

// Colours are custom properties; a canvas wants them worked out.
function colorOf(property: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

const two = (value: number) => String(value).padStart(2, '0');

export function bucketWords(axis: Axis, index: number): string {
  const at = new Date(axis.starts[index]! * 1000);
  if (axis.by === 'day') return at.toISOString().slice(0, 10);
  return `${date(at.toISOString())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

function tickWords(axis: Axis, at: number): string {
  const time = new Date(at * 1000);
  const day = `${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  if (axis.by === 'day' || (time.getHours() === 0 && time.getMinutes() === 0)) return day;
  return `${two(time.getHours())}:${two(time.getMinutes())}`;
}

function seriesOf(line: Line): uPlot.Series {
  const color = colorOf(`--chart-${line.color}`);
  const bars = line.kind === 'bars';
  return {
    label: line.name, scale: line.right ? 'right' : 'y', stroke: color, width: bars ? 0 : 1.5, points: {show: !bars && line.values.filter((value) => value !== null).length < 3, size: 4},
    ...(bars ? {fill: color, paths: uPlot.paths.bars!({size: [0.75, 28, 1]})} : {spanGaps: false}),
  };
}

function axesOf(axis: Axis, tick: (value: number) => string): uPlot.Axis[] {
  const look = {stroke: colorOf('--text-3'), font: '11px system-ui, sans-serif', ticks: {show: false}};
  return [
    {...look, size: 26, gap: 8, grid: {show: false}, space: 64, values: (_, splits) => splits.map((at) => tickWords(axis, at))},
    {...look, size: 48, gap: 4, space: 24, grid: {stroke: colorOf('--chart-grid'), width: 1}, values: (_, splits) => splits.map(tick)},
  ];
}

function make(element: HTMLElement, props: Props, current: {props: Props}): uPlot {
  const {axis, lines, range} = props;
  const first = axis.starts[0]!;
  const end = axis.starts.at(-1)! + axis.step;
  let dragged = false;
  const options: uPlot.Options = {
    width: Math.max(200, element.clientWidth), height: heightPx, padding: [8, 18, 0, 0], legend: {show: false},
    cursor: {sync: {key: 'time'}, points: {show: false}, y: false, drag: {x: true, y: false, setScale: false}},
    scales: {x: {time: true, range: () => [first, end]}, y: {range: range ? () => range : (_, __, max) => [0, max > 0 ? max * 1.1 : 1]}, right: {range: [-10, 10]}},
    series: [{}, ...lines.map(seriesOf)],
    axes: axesOf(axis, props.tick),
    hooks: {
      setCursor: [(chart) => {
        const left = chart.cursor.left ?? -1;
        const index = Math.floor((chart.posToVal(left, 'x') - first) / axis.step);
        hovered.value = left < 0 || index < 0 || index >= axis.starts.length ? null : index;
      }],
      setSelect: [(chart) => {
        const {left, width} = chart.select;
        chart.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
        if (width < 6) return;
        dragged = true;
        current.props.onRange(chart.posToVal(left, 'x') * 1000, chart.posToVal(left + width, 'x') * 1000);
      }],
    },
  };
  const centres = axis.starts.map((start) => start + axis.step / 2);
  const chart = new uPlot(options, [centres, ...lines.map((line) => line.values)] as uPlot.AlignedData, element);
  chart.over.addEventListener('mousedown', () => (dragged = false));
  chart.over.addEventListener('click', () => {
    const index = hovered.value;
    if (dragged || index === null) return;
    current.props.onBucket(axis.starts[index]! * 1000, (axis.starts[index]! + axis.step) * 1000);
  });
  return chart;
}

function Legend({axis, lines}: Pick<Props, 'axis' | 'lines'>) {
  const index = hovered.value;
  return (
    <div class="legend">
      {lines.map((line) => <span key={line.name}><i class={`swatch swatch-${line.color} ${line.kind}`} />{line.name}{index !== null && index < line.values.length && <b> {line.words(line.values[index] ?? null)}</b>}</span>)}
      {index !== null && index < axis.starts.length && <span class="faint legend-time">{bucketWords(axis, index)}</span>}
    </div>
  );
}

// What a bucket says, for who hears it.
function bucketText({axis, lines}: Props, index: number): string {
  return `${bucketWords(axis, index)}: ${lines.map((line) => `${line.name} ${line.words(line.values[index] ?? null)}`).join(', ')}`;
}

function nextBucket(key: string, index: number | null, last: number): number | null {
  switch (key) {
    case 'ArrowLeft': case 'ArrowDown': return index === null ? last : Math.max(0, index - 1);
    case 'ArrowRight': case 'ArrowUp': return index === null ? 0 : Math.min(last, index + 1);
    case 'Home': return 0;
    case 'End': return last;
    default: return null;
  }
}

// What the pointer moves over is drawn anew, but for the chart itself.
function Plot({props, element, drawn}: {props: Props; element: RefObject<HTMLDivElement>; drawn: {current: uPlot | null}}) {
  const {axis} = props;
  const last = axis.starts.length - 1;
  const index = hovered.value === null ? null : Math.min(hovered.value, last);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && index !== null) return props.onBucket(axis.starts[index]! * 1000, (axis.starts[index]! + axis.step) * 1000);
    const next = nextBucket(event.key, index, last);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    // The line in all of the charts; what is under it becomes `hovered`.
    drawn.current?.setCursor({left: drawn.current.valToPos(axis.starts[next]! + axis.step / 2, 'x'), top: 0});
  };
  return (
    <div ref={element} class="plot" role="slider" tabIndex={0} aria-label={`${props.title} over time: ${props.total}`} aria-valuemin={0} aria-valuemax={last}
      aria-valuenow={index ?? last} aria-valuetext={bucketText(props, index ?? last)} onKeyDown={onKey} />
  );
}

export function Chart(props: Props) {
  const element = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot | null>(null);
  const current = useRef({props});
  current.current.props = props;
  const key = JSON.stringify([props.axis, props.lines.map((line) => line.values)]);
  const colours = theme.value;
  useEffect(() => {
    const chart = make(element.current!, props, current.current);
    drawn.current = chart;
    const observer = new ResizeObserver(() => chart.setSize({width: Math.max(200, element.current!.clientWidth), height: heightPx}));
    observer.observe(element.current!);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [key, colours]);
  return (
    <figure class="chart">
      <figcaption><h2>{props.title}</h2><span class="quiet">{props.total}</span></figcaption>
      <Legend axis={props.axis} lines={props.lines} />
      <Plot props={props} element={element} drawn={drawn} />
    </figure>
  );
}
