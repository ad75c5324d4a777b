/**
 * Where tasks and a test wait for each other, in threads and in processes: a
 * socket of the test that tasks connect to. See fixtures/meeting.ts.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Guest {
  readonly name: string;
  readonly pid: number;
  readonly socket: Socket;
}

/** One meeting place. */
export class Meeting implements AsyncDisposable {
  /** What tasks connect to. */
  readonly path: string;
  readonly #folder: string;
  readonly #server: Server;
  readonly #guests: Guest[] = [];
  readonly #released = new Set<string>();
  readonly #sockets = new Set<Socket>();
  #changed: (() => void)[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, "meeting");
    this.#server = createServer((socket) => this.#greet(socket));
  }

  /** A place that tasks can come to. */
  static async open(): Promise<Meeting> {
    const meeting = new Meeting(mkdtempSync(join(tmpdir(), "whorl-meeting-")));
    await new Promise<void>((resolve, reject) => {
      meeting.#server.once("error", reject);
      meeting.#server.listen(meeting.path, () => resolve());
    });
    return meeting;
  }

  /** Waits until `count` tasks came under this name, in all; answers their process ids in order. */
  async arrived(name: string, count = 1): Promise<number[]> {
    for (;;) {
      const here = this.#guests.filter((guest) => guest.name === name);
      if (here.length >= count) return here.map((guest) => guest.pid);
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }

  /** Names of all that came so far, in order. */
  get names(): string[] {
    return this.#guests.map((guest) => guest.name);
  }

  /** Lets everybody of this name through, now and later. */
  release(name: string): void {
    this.#released.add(name);
    for (const guest of this.#guests) {
      if (guest.name === name) guest.socket.write("go");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket);
    let said = "";
    // A guest may die while it waits.
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      said += String(bytes);
      if (!said.endsWith("\n")) return;
      const [, name = "", pid] = /^(.*) (\d+)\n$/.exec(said) ?? [];
      said = "";
      this.#guests.push({ name, pid: Number(pid), socket });
      socket.write(this.#released.has(name) ? "go" : "ok");
      for (const changed of this.#changed.splice(0)) changed();
    });
  }
}
