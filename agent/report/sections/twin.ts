// The twin beside its host: figures of each layer, figures without a unit, and what was not cloned.

import { renderDuration } from '../../lib/units.ts';
import type { ReportDocument } from '../schema/schema.ts';
import { renderShare } from '../words/figures.ts';
import type { Section } from './section.ts';

export function twinSections(twin: ReportDocument['twin']): readonly Section[] {
  if (!twin) return [];
  const { layers, load, fingerprint } = twin;
  const both = <T>({ host, twin: own }: { host: T; twin: T }, render: (value: T) => string): string[] => [
    render(host),
    render(own),
  ];
  const { offeredOverCap, loadOverNextLimit, cpu } = fingerprint;
  return [
    {
      ...{ kind: 'table', title: `The twin beside ${twin.host}` },
      head: ['layer', 'itself: host', 'twin', 'in flight: host', 'twin', 'share: host', 'twin', 'differs in'],
      rows: [
        ...layers.map(({ layer, ownNs, inFlight, share, differs }) => [
          layer,
          ...[...both(ownNs, duration), ...both(inFlight, number), ...both(share, percent)],
          differs.map((one) => (one === 'in-flight' ? 'in flight' : one)).join(', '),
        ]),
        ...(layers.length > 0 ? [['all', '', '', ...both(load, number), '', '', load.differs ? 'in flight' : '']] : []),
      ],
      right: [1, 2, 3, 4, 5, 6],
    },
    {
      ...{ kind: 'table', title: 'Fingerprint', head: ['figure', 'host', 'twin'] },
      rows: [
        ['offered over cap', ...both(offeredOverCap, ratio)],
        ['load over next limit', ...both(loadOverNextLimit, ratio)],
        ['CPU', ...both(cpu, percent)],
      ].filter(([, ...figures]) => figures.some((figure) => figure !== '-')),
      right: [1, 2],
    },
    { kind: 'list', title: 'The host meanwhile', items: twin.says?.split('\n').filter(Boolean) ?? [] },
    { kind: 'list', title: 'Not cloned', items: twin.notCloned },
  ];
}

const or =
  (render: (value: number) => string) =>
  (value: number | null): string =>
    value === null ? '-' : render(value);
const duration = or(renderDuration);
const percent = or(renderShare);
const number = or((value) => value.toFixed(1));
const ratio = or((value) => value.toFixed(2));
