// Draws plots as SVG, without a browser: the same report gives the same bytes.

import { BarChart, BoxplotChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components';
import { init, setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escaped } from '../formats/markup.ts';
import { light, ofPage } from './colours.ts';
import { font, textWidth } from './parts.ts';
import type { Look, Plot } from './plot.ts';

use([BarChart, BoxplotChart, CustomChart, HeatmapChart, LineChart, ScatterChart]);
use([GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);

// Nobody can measure the letters here: rather too wide than cut off or over one another.
setPlatformAPI({ measureText: (text) => ({ width: textWidth(text) }) });

/** For a page that has the colours as variables; several of one plot need a `tag` each. */
export function drawInPage(plot: Plot, { widthPx, tag }: { widthPx: number; tag: string }): string {
  const svg = drawn(plot, { widthPx, colours: ofPage }, `${plot.name}-${tag}`);
  // Within HTML the names of namespaces are known.
  return svg.replaceAll(/ xmlns(:\w+)?="[^"]*"/g, '');
}

/** A file of its own, on white. */
export function drawFile(plot: Plot, widthPx = 760): string {
  const svg = drawn(plot, { widthPx, colours: light }, plot.name);
  const end = svg.indexOf('>') + 1;
  const paper = `<rect width="100%" height="100%" fill="${light.paper}"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg.slice(0, end)}${paper}${svg.slice(end)}\n`;
}

function drawn(plot: Plot, look: Look, id: string): string {
  const { widthPx: width } = look;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height: plot.heightAt(width) });
  chart.setOption({
    ...{ animation: false, silent: true, backgroundColor: 'transparent' },
    textStyle: { ...font, color: look.colours.text },
    ...plot.option(look),
  });
  const svg = chart.renderToSVGString({ useViewBox: true });
  chart.dispose();
  return described(svg, plot, id);
}

/** What the library adds for a pointer, numbered over all that it has drawn. */
const forPointer = /<style ?>[^]*?<\/style>\n?| (?:class|pointer-events|ecmeta_\w+)="[^"]*"/g;

/** With its words inside. The library counts its pictures, and names their parts by that: they get a name of ours. */
function described(svg: string, { title, alt }: Plot, id: string): string {
  const named = svg
    .replaceAll(forPointer, '')
    .replaceAll('fill="#000"', 'fill="none"')
    .replace(/\bzr\d+-/g, `${id}-`);
  const end = named.indexOf('>');
  const words = `<title id="${id}-title">${escaped(title)}</title><desc id="${id}-desc">${escaped(alt)}</desc>`;
  const about = ` role="img" aria-labelledby="${id}-title" aria-describedby="${id}-desc"`;
  return `${named.slice(0, end)}${about}${named.slice(end, end + 1)}${words}${named.slice(end + 1)}`;
}
