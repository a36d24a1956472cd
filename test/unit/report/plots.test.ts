import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportDocument } from '../../../agent/report/document/document.ts';
import { render } from '../../../agent/report/formats/registry.ts';
import { drawFile, drawInPage } from '../../../agent/report/plots/draw.ts';
import { plotFiles } from '../../../agent/report/plots/files.ts';
import { textWidth } from '../../../agent/report/plots/parts.ts';
import { plotsOf } from '../../../agent/report/plots/plots.ts';
import { documentOf, full, neighbours, runs } from '../../support/documents.ts';

const everything = documentOf(full);
const names = (report: ReportDocument): readonly string[] => plotsOf(report).map(({ name }) => name);

describe('the plots of a report', () => {
  it('are all there where all was measured', () => {
    expect(names(everything)).toEqual([
      ...['lifts', 'time-by-layer', 'goodput-over-time', 'cap-curves', 'guest-latency', 'neighbours'],
    ]);
  });

  it('are left out where there is nothing to show', () => {
    expect(names(documentOf(runs.lever))).toEqual(['lifts', 'time-by-layer', 'goodput-over-time']);
    const { series, ...earlier } = documentOf(neighbours);
    expect(series).toBeDefined();
    expect(names(earlier)).toEqual(['lifts']);
    expect(names({ ...everything, arms: [], caps: null, series: empty })).toEqual([]);
  });

  it('are the same to the byte each time, whatever was drawn before', async () => {
    const once = plotFiles(everything);
    plotFiles(documentOf(runs.none));
    expect(plotFiles(everything)).toEqual(once);
    expect(await render('html', everything)).toBe(await render('html', everything));
  });

  it('say in words what they show, under ids that a page has once', async () => {
    const html = await render('html', everything);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const refered = [...html.matchAll(/aria-(?:labelledby|describedby)="([^"]+)"/g)].map(([, id]) => id);
    expect(refered.length).toBeGreaterThan(12);
    expect(refered.filter((id) => !ids.includes(id))).toEqual([]);
    for (const { svg } of plotFiles(everything))
      expect(svg).toMatch(/<title [^>]*>[^<]{10,}<\/title><desc [^>]*>[^<]{10,}</);
  });

  it('have the colours of the page in a page, and their own in a file', () => {
    for (const plot of plotsOf(everything)) {
      const drawn = drawInPage(plot, { widthPx: 760, tag: 'wide' });
      expect(drawn.replaceAll(/<clipPath[^]*?<\/clipPath>|<path [^>]*fill-opacity="0"[^>]*>/g, '')).not.toMatch(
        /#[0-9a-f]{3,6}\b|rgb/i,
      );
      expect(drawFile(plot)).not.toContain('var(');
    }
  });

  it.each([350, 760])('have every label within the picture of %i pixels, and none over another', (widthPx) => {
    for (const plot of plotsOf(everything)) {
      const svg = drawInPage(plot, { widthPx, tag: 'x' });
      const boxes = labelsIn(svg);
      expect(boxes.length, plot.name).toBeGreaterThan(3);
      for (const box of boxes) {
        expect(box.left, `${plot.name}: ${box.text}`).toBeGreaterThanOrEqual(-1);
        expect(box.right, `${plot.name}: ${box.text}`).toBeLessThanOrEqual(widthPx + 1);
      }
      const over = boxes.filter((one, i) => boxes.slice(i + 1).some((other) => overlaps(one, other)));
      expect(
        over.map(({ text }) => text),
        plot.name,
      ).toEqual([]);
    }
  });

  it('are drawn whatever the figures are', () => {
    const figure = fc.oneof(
      fc.constantFrom(0, 5e-324, 1e-9, 1, 1e12, 1e300),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
    );
    const slice = fc.record({ goodput: figure, seconds: figure, counts: fc.boolean() });
    fc.assert(
      fc.property(fc.array(slice, { maxLength: 12 }), figure, figure, (slices, ns, high) => {
        const { series = empty, arms } = everything;
        const report: ReportDocument = {
          ...everything,
          arms: arms.map((arm) => ({ ...arm, lift: arm.lift && { estimate: ns, low: Math.min(ns, 1), high } })),
          series: {
            slices: slices.map((one, i) => ({ ...series.slices[i % series.slices.length], ...one }) as Slice),
            times: series.times.map((row) => ({ ...row, layers: row.layers.map((one) => ({ ...one, ownNs: ns })) })),
            guests: [{ guest: 1, latencyNs: { p1: 0, p25: ns, p50: ns, p75: high, p99: high } }],
            caps: series.caps.map((point) => ({ ...point, goodput: ns, inFlight: high })),
            pauses: series.pauses.map((one) => ({ ...one, ratio: ns })),
          },
        };
        for (const { svg } of plotFiles(report)) expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      }),
      { seed: 61, numRuns: 15 },
    );
  });
});

type Slice = NonNullable<ReportDocument['series']>['slices'][number];
const empty: NonNullable<ReportDocument['series']> = { slices: [], times: [], guests: [], caps: [], pauses: [] };

interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** Texts of a picture that stand upright. */
function labelsIn(svg: string): readonly Box[] {
  return [...svg.matchAll(/<text ([^>]*)>([^<]+)<\/text>/g)].map(([, attributes = '', text = '']) => {
    const number = (pattern: RegExp): number => Number(pattern.exec(attributes)?.[1] ?? 0);
    const x = number(/translate\(([-\d.]+)/) + number(/ x="([-\d.]+)"/);
    const y = number(/translate\([-\d.]+ ([-\d.]+)/) + number(/ y="([-\d.]+)"/);
    // Somewhat narrower than the library was told: letters differ.
    const width = textWidth(text) * 0.9;
    const anchor = /text-anchor="(\w+)"/.exec(attributes)?.[1] ?? 'start';
    const left = x - (anchor === 'end' ? width : anchor === 'middle' ? width / 2 : 0);
    return { text, left, right: left + width, y };
  });
}

function overlaps(a: Box, b: Box): boolean {
  return Math.abs(a.y - b.y) < 10 && a.left < b.right && b.left < a.right;
}
