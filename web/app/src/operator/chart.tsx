import { text } from "../text";

const [width, height] = [300, 72];

/** A number over time, and beneath it perhaps another, drawn from the oldest at the left to the newest at the right. */
export function Chart(props: {
  title: string;
  show: (value: number) => string;
  lines: { name: string; values: (number | null)[] }[];
  most: number; // values that fit
}) {
  const known = props.lines.flatMap((line) => line.values.filter((value) => value !== null));
  const top = Math.max(...known, 0);
  const most = known.length > 0 ? props.show(top) : "–";
  const latest = props.lines.map((line) => {
    const value = line.values.at(-1);
    return `${line.name ? `${line.name} ` : ""}${value === null || value === undefined ? "–" : props.show(value)}`;
  });
  return (
    <figure class="chart">
      <figcaption>
        <span>{props.title}</span>
        <strong>{latest.join(", ")}</strong>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text.operator.chart(props.title, most)}
      >
        {props.lines.map((line, i) => (
          <path key={line.name} class={`line-${i}`} d={path(line.values, top, props.most)} />
        ))}
      </svg>
      <small>{text.operator.top(most)}</small>
    </figure>
  );
}

/** The way through values, broken where there is none. */
export function path(values: (number | null)[], top: number, most: number): string {
  const step = width / Math.max(1, most - 1);
  const begin = width - step * (values.length - 1);
  let pen = "M";
  let drawn = "";
  for (const [i, value] of values.entries()) {
    if (value === null) {
      pen = "M";
      continue;
    }
    const y = top > 0 ? height - 2 - (value / top) * (height - 4) : height - 2;
    drawn += `${pen}${(begin + i * step).toFixed(1)} ${y.toFixed(1)}`;
    pen = "L";
  }
  return drawn;
}
