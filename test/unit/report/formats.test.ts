import { describe, expect, it } from 'vitest';
import { analyse } from '../../../agent/analysis/verdict/analyse.ts';
import {
  buildDocument,
  reportJsonSchema,
  reportSchema,
  type ReportDocument,
} from '../../../agent/report/document/document.ts';
import { formatNames } from '../../../agent/report/formats/format-names.ts';
import { marked } from '../../../agent/report/formats/markup.ts';
import { render } from '../../../agent/report/formats/registry.ts';
import { documentOf, inputOf, planOf, runs, slicesOf, type Run } from '../../support/documents.ts';
import { verdicts } from '../../support/verdicts.ts';

const input = inputOf(runs.lever);

function withVerdict(verdict: (typeof verdicts)[keyof typeof verdicts]): ReportDocument {
  return buildDocument({ ...input, analysis: { ...input.analysis, verdict } });
}

const bare = input.slices.map((slice) => ({ ...slice, junctions: [], measurements: {}, caveats: [] }));
const idle = input.slices.map((slice) => ({
  ...slice,
  junctions: slice.junctions.map((junction) => ({ ...junction, iosPerSecond: 0, meanLatencyNs: 0 })),
}));
const oneLayer: Run = { layers: ['media'], wobble: 0.01, blocks: 2, goodput: () => 1000 };

const documents: readonly (readonly [string, ReportDocument])[] = [
  ...Object.entries(verdicts).map(([name, verdict]) => [`the verdict ${name}`, withVerdict(verdict)] as const),
  ...Object.entries(runs).map(([name, run]) => [`the run ${name}`, documentOf(run)] as const),
  ['slices without junctions and measurements', buildDocument({ ...input, slices: bare })],
  ['junctions that saw no I/O', buildDocument({ ...input, slices: idle })],
  ['no slice at all', buildDocument({ ...input, slices: [], analysis: analyse(input.plan.design, []) })],
  ['one layer', documentOf(oneLayer)],
  ['four layers', documentOf({ ...oneLayer, layers: ['media', 'network', 'blockstack', 'ring'] })],
  ['no noise', documentOf({ ...oneLayer, wobble: 0 })],
  ['one block', documentOf({ ...oneLayer, blocks: 1 })],
  ['much noise', documentOf({ ...runs.lever, wobble: 0.95, blocks: 8 })],
];

describe.each(documents)('a document of %s', (_, document) => {
  it('fits its schema, also after a trip through JSON', () => {
    expect(reportSchema.parse(JSON.parse(render('json', document)))).toEqual(document);
  });

  it.each(formatNames)('renders as %s without holes', async (format) => {
    const text = await render(format, document);
    expect(text).toMatch(/\n$/);
    expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/);
  });

  it('has its commands as code where a format knows it, and no backquote for a letter', async () => {
    expect(await render('html', document)).not.toContain('`');
    expect(render('md', document)).not.toContain('\\`');
  });

  it('fits a terminal of 100 columns', () => {
    expect(
      Math.max(
        ...render('text', document)
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(100);
  });
});

describe('text that others wrote', () => {
  const hostile = '<script>alert("x")</script> a|b \u001b[31mred `code` *bold*\n# head';
  const plan = {
    ...input.plan,
    open: [hostile],
    profile: { ...input.plan.profile, name: 'a|b<i>', question: hostile },
  };
  const document = buildDocument({
    ...input,
    plan,
    caveats: [{ kind: 'note', text: hostile }],
    folder: "runs/a b'c`d|e",
  });

  it('puts no escape and no extra line into the text', () => {
    const text = render('text', document);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
    expect(text).not.toMatch(/^# head/m);
    expect(text).toContain(`layerlift report 'runs/a b'\\''c\`d|e'`);
  });

  it('adds no cell and no markup to Markdown', () => {
    const markdown = render('md', document);
    expect(markdown).not.toContain('<script>');
    expect(markdown).toContain('| profile | a\\|b&lt;i&gt;: ');
    expect(markdown).toContain('red `code` \\*bold\\*');
    expect(markdown).not.toMatch(/^# head/m);
  });

  it('adds no element to HTML, which has no script and reaches for nothing', async () => {
    const html = await render('html', document);
    expect(html).not.toMatch(/<script|<i>|https?:/);
    expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
  });

  it('is code between two backquotes alone, which holds no markup either', async () => {
    const odd = 'is it `<b>a|b</b>` or `?';
    const asked = buildDocument({ ...input, plan: { ...plan, profile: { ...plan.profile, question: odd } } });
    expect(await render('html', asked)).toContain('is it <code>&lt;b&gt;a|b&lt;/b&gt;</code> or `?');
    expect(render('md', asked)).toContain('is it `<b>a\\|b</b>` or \\`?');
  });

  it('stays as it is in JSON', () => {
    expect(reportSchema.parse(JSON.parse(render('json', document))).profile.question).toBe(hostile);
  });
});

describe('a path in HTML', () => {
  it.each([
    ['at /sys/block/sda/mq/0/nr_tags', 'at /sys/<wbr>block/<wbr>sda/<wbr>mq/<wbr>0/<wbr>nr_tags'],
    ['`echo 8 >/sys/a/b`', '<code>echo 8 &gt;/sys/<wbr>a/<wbr>b</code>'],
    ['reads/writes, and 3 I/Os', 'reads/writes, and 3 I/Os'],
  ])('is broken behind a slash alone: %s', (text, html) => {
    expect(marked(text)).toBe(html);
  });
});

describe('ndjson', () => {
  const records = render('ndjson', documentOf(runs.lever))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { v: number; type: string; run: string; exit?: unknown });

  it('starts with the verdict, ends with the exit code, and dates every record', () => {
    expect(records[0]).toMatchObject({ v: 1, type: 'verdict', verdict: { kind: 'lever', layer: 'network' } });
    expect(records.at(-1)).toMatchObject({ v: 1, type: 'end', exit: { code: 0, name: 'ok' } });
    expect(records.every(({ v, run }) => v === 1 && run === input.run)).toBe(true);
  });

  it('has a record for every layer and every arm', () => {
    const count = (type: string): number => records.filter((record) => record.type === type).length;
    expect([count('layer'), count('arm'), count('verdict'), count('end')]).toEqual([3, 5, 1, 1]);
  });
});

describe('the JSON schema', () => {
  it('is of the 2020-12 draft, describes its fields and names every field of a document', () => {
    const schema = reportJsonSchema();
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    // Labels are in a document where a run was given some, notes where its block stack gives cause, a daemon where a ring has one, groups
    // where the guests are of some, a twin where the stack is a clone, what was tried where the run is a trial.
    const parts = { labels: {}, stackNotes: [], ringDaemon: {}, groups: [], twin: {}, tried: {} };
    const document = { ...documentOf(runs.none), ...parts };
    expect(Object.keys(schema.properties ?? {}).sort()).toEqual(Object.keys(document).sort());
    expect(JSON.stringify(schema.properties?.['sentence'])).toContain('one sentence');
  });
});

it('knows what the providers of its fixtures are', () => {
  const { layers } = documentOf({ ...oneLayer, layers: ['media', 'network', 'blockstack', 'ring'] });
  expect(layers.flatMap(({ deployed, stub }) => [deployed.about, stub?.about])).not.toContain('');
});

describe('what the baseline slices show', () => {
  const { layers: stack } = runs.lever;

  it('gives each layer its own part of the latency, weighted by I/Os', () => {
    const slices = slicesOf(runs.lever).map((slice, i) => ({
      ...slice,
      junctions: slice.junctions.map((one) => ({
        ...one,
        iosPerSecond: i === 0 ? 300 : 0,
        meanLatencyNs: one.meanLatencyNs + i,
      })),
    }));
    expect(buildDocument({ ...input, slices }).latency.layers).toEqual([
      { layer: 'media', throughNs: 100_000, ownNs: 100_000 },
      { layer: 'network', throughNs: 4_100_000, ownNs: 4_000_000 },
      { layer: 'blockstack', throughNs: 4_160_000, ownNs: 60_000 },
    ]);
  });

  it('never gives a layer less than nothing', () => {
    const slices = input.slices.map((slice) => ({
      ...slice,
      junctions: slice.junctions.map((one) => ({ ...one, meanLatencyNs: one.layer === 'media' ? 9e6 : 8e6 })),
    }));
    expect(buildDocument({ ...input, slices }).latency.layers.map(({ ownNs }) => ownNs)).toEqual([9e6, 0, 0]);
  });

  it('counts only what was useful to a guest', () => {
    const guest = { guest: 1, elapsedMs: 2000, ios: 500, bytes: 1, errors: 100, meanLatencyNs: 1e6, useful: 400 };
    const slices = slicesOf({ ...runs.none, blocks: 1 }).map((slice) => ({
      ...slice,
      guests: [{ ...guest, objectiveNs: null }],
    }));
    const { guests, objective } = buildDocument({ ...input, slices });
    expect(guests).toEqual([
      { guest: 1, goodput: 200, meanLatencyNs: 1e6, errors: 200, objectiveNs: null, attainment: null },
    ]);
    expect(objective).toBeNull();
  });

  it('shows the objectives of guests and how far they are attained, and only then', () => {
    const slices = slicesOf({ ...runs.none, blocks: 1 }).map((slice) => ({
      ...slice,
      guests: slice.guests.map((one) => ({
        ...one,
        ...(one.guest === 1 ? { useful: one.ios / 2, objectiveNs: 2e7 } : {}),
      })),
    }));
    const report = buildDocument({ ...input, slices });
    expect(report.guests.map(({ attainment }) => attainment)).toEqual([0.5, null]);
    expect(report.objective).toEqual({ guests: 1, lowestNs: 2e7, highestNs: 2e7, attainment: 0.5 });
    const text = render('text', report);
    expect(text).toMatch(/guest +I\/O a second +objective +attained +mean latency/);
    expect(text).toMatch(/\b1 +[\d,]+ +20 ms +50 % /);
    expect(text.match(/coordinated omission/g)).toHaveLength(1);
    expect(render('text', documentOf(runs.none))).not.toMatch(/objective|attained|coordinated/);
  });

  it('speaks of the time from the first slice to the end of the last', () => {
    const { window, secondsMeasured } = documentOf(runs.lever);
    expect(window).toEqual({ from: '2026-01-02T03:04:05.000Z', to: '2026-01-02T03:04:57.500Z' });
    expect(secondsMeasured).toBe(36);
  });

  it('counts caveats that differ only in their numbers as one, once a slice', () => {
    const off = (apartPercent: number) => ({ kind: 'counts-disagree' as const, apartPercent });
    const slices = input.slices.map((slice, i) => ({ ...slice, caveats: [off(i), off(i + 0.5)] }));
    expect(buildDocument({ ...input, slices }).caveats.slices).toEqual([
      { text: 'fio and the junctions disagree by 0.5 % on the bytes moved', slices: 12 },
    ]);
  });

  it('keeps a layer without a stub in the tables', () => {
    const plan = planOf(stack);
    const [media, ...others] = plan.profile.stack;
    const profile = { ...plan.profile, stack: [...(media ? [{ ...media, stub: null }] : []), ...others] };
    const [row] = buildDocument({ ...input, plan: { ...plan, profile } }).layers;
    expect(row).toMatchObject({ layer: 'media', stub: null, deployed: { provider: 'model' } });
  });
});
