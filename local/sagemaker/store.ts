import Database from 'better-sqlite3';
import { z } from 'zod';
import type { Kind } from './arns.ts';
import { parseObject, type JsonObject } from './json.ts';

/** A resource: what was asked for, and what became of it. */
export interface Resource {
  /** Grows with each resource: the order of creation. */
  readonly id: number;
  readonly kind: Kind;
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  /** Epoch milliseconds. */
  readonly created: number;
  readonly modified: number;
  readonly request: JsonObject;
  readonly state: JsonObject;
}

/** A change: what is left out stays, members of `state` are replaced one by one. */
export interface Change {
  readonly status?: string;
  readonly state?: JsonObject;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Members of requests and states that resources are found by. */
const MEMBERS = {
  group: "json_extract(request, '$.ModelPackageGroupName')",
  approval: "json_extract(state, '$.ModelApprovalStatus')",
  tuningJob: "json_extract(state, '$.TuningJobArn')",
} as const;
const KEEPS_ALIVE = "json_extract(request, '$.ResourceConfig.KeepAlivePeriodInSeconds') IS NOT NULL";

/** What resources are found by; all of it has to hold. */
export interface Query {
  readonly nameContains?: string | undefined;
  readonly status?: string | undefined;
  /** Epoch milliseconds, both bounds excluded, as all times here. */
  readonly created?: { readonly after?: number | undefined; readonly before?: number | undefined };
  readonly modified?: { readonly after?: number | undefined; readonly before?: number | undefined };
  readonly member?: Readonly<Partial<Record<keyof typeof MEMBERS, string>>>;
  /** Only what asked for a warm pool. */
  readonly keepsAlive?: boolean;
}

/** The order of what is found, and the part of it that is wanted. */
export interface Order {
  readonly by?: 'id' | 'name' | 'status';
  readonly descending?: boolean;
  readonly offset?: number;
  readonly limit?: number;
}

const row = z.object({
  ...{ id: z.number(), name: z.string(), arn: z.string(), status: z.string() },
  ...{ created: z.number(), modified: z.number(), request: z.string(), state: z.string() },
});
const tagRow = z.object({ Key: z.string(), Value: z.string() });

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS resources (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL, arn TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL, request TEXT NOT NULL, state TEXT NOT NULL,
    UNIQUE (kind, name)
  );
  CREATE INDEX IF NOT EXISTS modified ON resources (kind, modified);
  CREATE INDEX IF NOT EXISTS keeps_alive ON resources (kind) WHERE ${KEEPS_ALIVE};
  CREATE INDEX IF NOT EXISTS tuning_job ON resources (kind, ${MEMBERS.tuningJob});
  CREATE TABLE IF NOT EXISTS tags (
    arn TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (arn, key)
  );
`;

/** All state of the endpoint, in one SQLite file: a change is there whole, or not at all. */
export class Store {
  readonly #database: Database.Database;
  readonly #watchers: ((before: Resource, after: Resource) => void)[] = [];
  #hidden = 0;

  constructor(file: string) {
    this.#database = new Database(file);
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = NORMAL');
    this.#database.exec(SCHEMA);
  }

  /** Has each change of a resource told, once it is in the file. */
  watch(changed: (before: Resource, after: Resource) => void): void {
    this.#watchers.push(changed);
  }

  /** Reads as one who does not see yet what was made in the last `lag` milliseconds. */
  readLate<T>(lag: number, read: () => T): T {
    this.#hidden = lag;
    try {
      return read();
    } finally {
      this.#hidden = 0;
    }
  }

  /** Adds a resource with its tags; false where the name is taken. */
  add(
    kind: Kind,
    name: string,
    arn: string,
    status: string,
    request: JsonObject,
    state: JsonObject,
    tags: readonly Tag[] = [],
  ): boolean {
    const now = Date.now();
    const added = this.#database.transaction(() => {
      const { changes } = this.#database
        .prepare(
          'INSERT OR IGNORE INTO resources (kind, name, arn, status, created, modified, request, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        )
        .run(kind, name, arn, status, now, now, JSON.stringify(request), JSON.stringify(state));
      if (changes === 1) this.tag(arn, tags);
      return changes === 1;
    });
    return added.immediate();
  }

  get(kind: Kind, name: string): Resource | undefined {
    return this.#resource(
      kind,
      this.#database.prepare('SELECT * FROM resources WHERE kind = ? AND name = ?').get(kind, name),
    );
  }

  /** Every resource of the kind, in order of creation. */
  all(kind: Kind): Resource[] {
    return this.find(kind);
  }

  /** The resources of the kind that a query names, in order; resources that are equal in it come in order of creation. */
  find(
    kind: Kind,
    query: Query = {},
    { by = 'id', descending = false, offset = 0, limit = -1 }: Order = {},
  ): Resource[] {
    const conditions: [string, string | number][] = [['kind = ?', kind]];
    const add = (condition: string, value: string | number | undefined): void => {
      if (value !== undefined) conditions.push([condition, value]);
    };
    add('instr(lower(name), lower(?)) > 0', query.nameContains);
    add('status = ?', query.status);
    add('created > ?', query.created?.after);
    add('created < ?', query.created?.before);
    add('modified > ?', query.modified?.after);
    add('modified < ?', query.modified?.before);
    add(`${MEMBERS.group} = ?`, query.member?.group);
    add(`${MEMBERS.approval} = ?`, query.member?.approval);
    add(`${MEMBERS.tuningJob} = ?`, query.member?.tuningJob);
    const where = [...conditions.map(([condition]) => condition), ...(query.keepsAlive === true ? [KEEPS_ALIVE] : [])];
    const way = descending ? 'DESC' : 'ASC';
    const order = by === 'id' ? `id ${way}` : `${by} ${way}, id ${way}`;
    const sql = `SELECT * FROM resources WHERE ${where.join(' AND ')} ORDER BY ${order} LIMIT ? OFFSET ?`;
    const rows = this.#database.prepare(sql).all(...conditions.map(([, value]) => value), limit, offset);
    return rows.flatMap((found) => this.#resource(kind, found) ?? []);
  }

  /** Changes a resource and its time of modification; the answer is the resource as it is then. */
  change(kind: Kind, name: string, { status, state = {} }: Change): Resource | undefined {
    const changed = this.#database.transaction(() => {
      const before = this.get(kind, name);
      if (before === undefined) return undefined;
      // Time never stands still between two changes, so that whoever lists by it sees both.
      const modified = Math.max(Date.now(), before.modified + 1);
      this.#database
        .prepare('UPDATE resources SET status = ?, state = ?, modified = ? WHERE kind = ? AND name = ?')
        .run(status ?? before.status, JSON.stringify({ ...before.state, ...state }), modified, kind, name);
      const after = this.get(kind, name);
      return after && { before, after };
    });
    const found = changed.immediate();
    if (found !== undefined) for (const tell of this.#watchers) tell(found.before, found.after);
    return found?.after;
  }

  remove(kind: Kind, name: string): void {
    const gone = this.get(kind, name);
    if (gone === undefined) return;
    this.#database.transaction(() => {
      this.#database.prepare('DELETE FROM tags WHERE arn = ?').run(gone.arn);
      this.#database.prepare('DELETE FROM resources WHERE id = ?').run(gone.id);
    })();
  }

  hasArn(arn: string): boolean {
    return this.#database.prepare('SELECT 1 FROM resources WHERE arn = ?').get(arn) !== undefined;
  }

  tag(arn: string, tags: readonly Tag[]): void {
    const put = this.#database.prepare('INSERT OR REPLACE INTO tags (arn, key, value) VALUES (?, ?, ?)');
    for (const { Key, Value } of tags) put.run(arn, Key, Value);
  }

  untag(arn: string, keys: readonly string[]): void {
    const drop = this.#database.prepare('DELETE FROM tags WHERE arn = ? AND key = ?');
    for (const key of keys) drop.run(arn, key);
  }

  tags(arn: string): Tag[] {
    return z
      .array(tagRow)
      .parse(this.#database.prepare('SELECT key AS Key, value AS Value FROM tags WHERE arn = ? ORDER BY key').all(arn));
  }

  close(): void {
    this.#database.close();
  }

  #resource(kind: Kind, found: unknown): Resource | undefined {
    if (found === undefined) return undefined;
    const { request, state, ...rest } = row.parse(found);
    if (this.#hidden > 0 && rest.created > Date.now() - this.#hidden) return undefined;
    return { ...rest, kind, request: parseObject(request) ?? {}, state: parseObject(state) ?? {} };
  }
}
