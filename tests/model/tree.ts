/** Ways through a scenario: every move knows the one before it. */
export class Tree {
  #parents = new Int32Array(1 << 16);
  #moves = new Int16Array(1 << 16);
  #size = 1;

  /** The way that goes on from `at` with a move; 0 is the start. */
  add(at: number, move: number): number {
    if (this.#size === this.#moves.length) this.#grow();
    this.#parents[this.#size] = at;
    this.#moves[this.#size] = move;
    return this.#size++;
  }

  /** The moves from the start on. */
  path(at: number): number[] {
    const moves: number[] = [];
    for (; at > 0; at = this.#parents[at] as number) {
      moves.push(this.#moves[at] as number);
    }
    return moves.reverse();
  }

  #grow(): void {
    const parents = new Int32Array(2 * this.#size);
    parents.set(this.#parents);
    this.#parents = parents;
    const moves = new Int16Array(2 * this.#size);
    moves.set(this.#moves);
    this.#moves = moves;
  }
}
