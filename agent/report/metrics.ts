// What a host is doing, as metrics in the text format of Prometheus (pure): for the textfile collector of node-exporter.
// Source: prometheus.io, "Exposition formats", text-based format. The collector takes no timestamps.

import type { Condition, Status } from './status.ts';

const conditions: readonly Condition[] = ['free', 'busy', 'residue'];

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
}

/** Metrics without a sample are left out; no name of a metric or a label follows from what a user wrote. */
export function statusMetrics({ condition, runs, last }: Status): string {
  const changes = runs.reduce((total, run) => total + (run.changes ?? 0), 0);
  const lift = last?.lift ?? null;
  const metrics: readonly Metric[] = [
    {
      name: 'layerlift_condition',
      help: 'What layerlift does with this host: 1 for the condition that holds.',
      samples: conditions.map((one) => ({ labels: { condition: one }, value: Number(one === condition) })),
    },
    {
      name: 'layerlift_changes',
      help: 'Changes to this host that are in effect, where the journals tell.',
      samples: [{ value: changes }],
    },
    {
      name: 'layerlift_last_run_info',
      help: 'The newest run that can be read.',
      samples: last ? [{ labels: { run: last.run, profile: last.profile, verdict: last.verdict }, value: 1 }] : [],
    },
    {
      name: 'layerlift_last_run_start_timestamp_seconds',
      help: 'When the newest run began, in seconds since 1970.',
      samples: last ? [{ value: Date.parse(last.startedAt) / 1000 }] : [],
    },
    {
      name: 'layerlift_last_run_exit_code',
      help: 'Exit code of the newest run.',
      samples: last ? [{ value: last.exit.code }] : [],
    },
    {
      name: 'layerlift_last_run_lift_ratio',
      help: 'Lift of the verdict of the newest run: goodput over that as deployed.',
      samples: lift
        ? (['low', 'estimate', 'high'] as const).map((bound) => ({ labels: { bound }, value: lift[bound] }))
        : [],
    },
  ];
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(textOf)
    .join('');
}

function textOf({ name, help, samples }: Metric): string {
  const lines = samples.map(({ labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapedLabel(text)}"`);
    return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

/** A backslash, a quote and the end of a line are escaped, and nothing else. */
function escapedLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
