import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readPlaces } from '../../../config/home.ts';

const { root } = readPlaces();
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const service = z.object({
  image: z.string().optional(),
  build: z.object({ context: z.literal('.'), target: z.string() }).optional(),
  user: z.string(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  configs: z.array(z.object({ source: z.string() })).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()).min(2) }).optional(),
});

const compose = z
  .object({
    services: z.record(z.string(), service),
    volumes: z.record(z.string(), z.unknown()),
    configs: z.record(z.string(), z.unknown()),
  })
  .parse(parse(read('docker-compose.yml'), { merge: true }));

const services = Object.entries(compose.services);
const conditions = services.flatMap(([name, { depends_on }]) =>
  Object.entries(depends_on).map(([needed, { condition }]) => ({ name, needed, condition })),
);
const jobs = new Set(
  conditions.flatMap(({ needed, condition }) => (condition === 'service_completed_successfully' ? [needed] : [])),
);
const images = [...read('Dockerfile').matchAll(/^FROM (\S+) AS (\S+)$/gm)].map(([, from = '', name = '']) => ({
  from,
  name,
}));
const stages = new Set(images.map(({ name }) => name));
const pinned = /^[\w./-]+:v?\d+\.\d+[\w.-]*$/;

describe('docker-compose.yml', () => {
  it.each(services)('%s has an image of one version, or a stage of the Dockerfile', (_name, { image, build }) => {
    if (build === undefined) expect(image).toMatch(pinned);
    else expect(stages).toContain(build.target);
  });

  it.each(services)('%s does not run as root', (_name, { user }) => {
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it.each(services)('%s publishes ports on the loopback address alone', (_name, { ports }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it.each(services.filter(([name]) => !jobs.has(name)))('%s tells whether it is healthy', (_name, { healthcheck }) => {
    expect(healthcheck).toBeDefined();
  });

  it.each(services)('%s has no secret in the file', (_name, { environment }) => {
    for (const [name, value] of Object.entries(environment)) {
      if (/PASSWORD|PWD|SECRET|ACCESS_KEY/.test(name)) expect(value).toMatch(/^\$\{\w+:\?make \.env with '[^']+'\}$/);
    }
  });

  it('waits only for services that are there, in a way that they can answer', () => {
    for (const { needed, condition } of conditions) {
      const found = compose.services[needed];
      expect(found).toBeDefined();
      if (condition === 'service_healthy') expect(found?.healthcheck).toBeDefined();
    }
  });

  it('declares the volumes and the configs that it uses', () => {
    for (const [, { volumes, configs }] of services) {
      for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
      for (const { source } of configs) expect(Object.keys(compose.configs)).toContain(source);
    }
  });

  it('needs no variable that the command for .env does not make', () => {
    const made = read('bootstrap/compose-env.mjs');
    for (const [, name = ''] of read('docker-compose.yml').matchAll(/\$\{(\w+):\?/g))
      expect(made).toContain(`  ${name}:`);
  });
});

describe('Dockerfile', () => {
  it.each(images)('$name is from an image of one version, or from an earlier stage', ({ from }) => {
    if (!stages.has(from)) expect(from).toMatch(pinned);
  });

  it('keeps .env and the local state out of its images', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const name of ['.env', '.crossfold', '.git']) expect(ignored).toContain(name);
  });
});
