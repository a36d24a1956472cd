import { describe, expect, it } from 'vitest';
import { configuredLayers } from '../../../agent/plan/stack-plan.ts';
import { providers } from '../../../agent/stack/registry.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { providerCases } from '../../support/provider-cases.ts';
import { casesOf, parts } from '../../support/provider-deaths.ts';

const cases = providerCases();

describe('the providers that are shown on a real kernel', () => {
  it('are all there are, in every role', () => {
    const shown = cases.flatMap(({ shows }) => shows.map(({ role, provider }) => `${provider} ${role}`));
    const due = providers.flatMap(({ name, roles }) => roles.map((role) => `${name} ${role}`));
    expect([...new Set(shown)].sort()).toEqual(due.sort());
  });

  it.each(cases.map((one) => [one.name, one] as const))(
    '%s: with a profile that is right',
    (_, { profile, shows, layer }) => {
      const { stack } = decodeProfile(profile, 'p.yaml');
      const named = stack.flatMap(({ deployed, stub }) => [
        `${deployed.provider} deployed`,
        `${stub?.provider ?? 'no'} stub`,
      ]);
      for (const { role, provider } of shows) expect(named).toContain(`${provider} ${role}`);
      expect(stack.find((one) => one.layer === layer)?.stub).not.toBeNull();
    },
  );
});

it('each of them is struck by deaths on a real kernel, in one part of that test', () => {
  const struck = parts.flatMap(casesOf).map(({ name }) => name);
  expect(struck.sort()).toEqual(cases.map(({ name }) => name).sort());
});

it('a program comes from the same package, whichever provider asks for it', () => {
  const tools = cases
    .flatMap(({ profile }) => configuredLayers(decodeProfile(profile, 'p.yaml')))
    .flatMap(({ deployed, stub }) => [...deployed.needs, ...(stub?.needs ?? [])])
    .flatMap((need) => (need.kind === 'tool' ? [need] : []));
  for (const { name, debianPackage } of tools)
    expect([name, debianPackage]).toEqual([name, tools.find((one) => one.name === name)?.debianPackage]);
});
