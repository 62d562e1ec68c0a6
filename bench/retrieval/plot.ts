const [WIDTH, HEIGHT] = [760, 380];
const MARGIN = { left: 56, right: 210, top: 20, bottom: 44 };
const COLOURS = ['#1b6ca8', '#b5452c', '#3a7d34', '#7a4f9e', '#a87b1b', '#3c8c8c'];

export interface Line {
  name: string;
  /** Of the second model, say. */
  isDashed: boolean;
  colour: number;
  points: readonly { x: number; y: number }[];
  /** Drawn as a dot on the line. */
  mark: number;
}

/** Lines over 0 to 1, as SVG. */
export function plot(lines: readonly Line[], xTitle: string, yTitle: string): string {
  const ys = lines.flatMap(({ points }) => points.map(({ y }) => y));
  const [low, high] = [Math.floor(Math.min(...ys) * 10) / 10, Math.ceil(Math.max(...ys) * 10) / 10];
  const x = (value: number) => MARGIN.left + value * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (value: number) => HEIGHT - MARGIN.bottom - ((value - low) / (high - low)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const at = (value: number) => value.toFixed(1);
  const steps = Math.round((high - low) * 10);
  const grid = Array.from({ length: steps + 1 }, (_, i) => low + i / 10).map(
    (value) => `<line x1="${at(x(0))}" x2="${at(x(1))}" y1="${at(y(value))}" y2="${at(y(value))}" stroke="#ddd"/><text x="${at(x(0) - 8)}" y="${at(y(value) + 4)}" text-anchor="end">${value.toFixed(1)}</text>`,
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((value) => `<text x="${at(x(value))}" y="${at(HEIGHT - MARGIN.bottom + 18)}" text-anchor="middle">${value}</text>`);
  const drawn = lines.map(({ name, isDashed, colour, points, mark }, i) => {
    const stroke = `stroke="${COLOURS[colour % COLOURS.length]}" stroke-width="2" fill="none"${isDashed ? ' stroke-dasharray="6 4"' : ''}`;
    const path = points.map((point) => `${at(x(point.x))},${at(y(point.y))}`).join(' ');
    const marked = points.find((point) => Math.abs(point.x - mark) < 1e-9);
    const dot = marked ? `<circle cx="${at(x(marked.x))}" cy="${at(y(marked.y))}" r="4" fill="${COLOURS[colour % COLOURS.length]}"/>` : '';
    const key = `<line x1="${WIDTH - MARGIN.right + 12}" x2="${WIDTH - MARGIN.right + 40}" y1="${30 + i * 20}" y2="${30 + i * 20}" ${stroke}/><text x="${WIDTH - MARGIN.right + 46}" y="${34 + i * 20}">${name}</text>`;
    return `<polyline points="${path}" ${stroke}/>${dot}${key}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${[...grid, ...ticks, ...drawn].join('\n')}
<text x="${at(x(0.5))}" y="${HEIGHT - 8}" text-anchor="middle">${xTitle}</text>
<text transform="translate(14 ${at(HEIGHT / 2)}) rotate(-90)" text-anchor="middle">${yTitle}</text>
</svg>
`;
}
