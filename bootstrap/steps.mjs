/** Shows steps as they go on: live on a terminal, one plain line per start and end elsewhere. */
export class Steps {
  #out;
  #live;
  #active = new Map();
  #drawn = 0;
  #timer;

  constructor(out = process.stderr) {
    this.#out = out;
    this.#live = out.isTTY === true;
  }

  /** Runs `work` as a step. `work` is handed a function that says what it is at, and answers with what came of it. */
  async run(title, work) {
    const key = Symbol(title);
    const began = performance.now();
    this.begin(key, title);
    try {
      const result = await work((detail) => this.update(key, `${title}: ${detail}`));
      this.end(key, title, performance.now() - began);
      return result;
    } catch (error) {
      this.drop(key);
      throw error;
    }
  }

  begin(key, text) {
    this.#active.set(key, { text, began: performance.now() });
    if (!this.#live) return void this.#out.write(`… ${text}\n`);
    this.#timer ??= setInterval(() => this.#draw(), 100);
    this.#draw();
  }

  update(key, text) {
    const step = this.#active.get(key);
    if (step !== undefined) step.text = text;
  }

  end(key, text, ms) {
    this.#active.delete(key);
    this.note(`✓ ${text} (${(ms / 1000).toFixed(1)} s)`);
  }

  drop(key) {
    this.#active.delete(key);
    this.#draw();
  }

  /** A line that stays. */
  note(line) {
    this.#erase();
    this.#out.write(`${line}\n`);
    this.#draw();
  }

  close() {
    this.#erase();
    this.#active.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #draw() {
    if (!this.#live) return;
    this.#erase();
    const now = performance.now();
    const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'.charAt(Math.floor(now / 100) % 10);
    for (const { text, began } of this.#active.values()) {
      const line = `${spinner} ${((now - began) / 1000).toFixed(0)} s  ${text}`;
      this.#out.write(`${line.slice(0, (this.#out.columns || 80) - 1)}\n`);
    }
    this.#drawn = this.#active.size;
    if (this.#drawn === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #erase() {
    if (this.#drawn > 0) this.#out.write(`\x1b[${this.#drawn}A\x1b[0J`);
    this.#drawn = 0;
  }
}
