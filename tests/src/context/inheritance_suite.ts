/** What workers inherit of the program, as SECURITY.md says it. */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Pool, tasks } from "../../../mod.ts";
import { equal, is, match } from "../../support/assert.ts";
import { command } from "../../support/command.ts";
import { launchArgs, runtimeName } from "../../support/runtime.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";

const test = suite("what workers inherit");
const environment = tasks<typeof import("../../fixtures/environment.ts")>(
  new URL("../../fixtures/environment.ts", import.meta.url),
);
const program = fileURLToPath(
  new URL("../../fixtures/programs/inherits.ts", import.meta.url),
);
const inputProgram = fileURLToPath(
  new URL("../../fixtures/programs/reads_input.ts", import.meta.url),
);
const HOST = "WHORL_TEST_HOST";

for (const startMethod of startMethods) {
  test(`env replaces the environment: ${startMethod}`, async () => {
    process.env[HOST] = "host";
    try {
      await using pool = new Pool({
        workers: 1,
        startMethod,
        env: { WHORL_TEST: "seen" },
      });
      is(await pool.apply(environment.variable, ["WHORL_TEST"]), "seen");
      is(await pool.apply(environment.variable, [HOST]), undefined);
    } finally {
      delete process.env[HOST];
    }
  });

  test(`without env each worker has a copy of its own: ${startMethod}`, async () => {
    process.env[HOST] = "host";
    try {
      await using pool = new Pool({ workers: 2, startMethod });
      const all = () => pool.broadcast(environment.variable, [HOST]);
      equal(await all(), ["host", "host"]);
      is(await pool.apply(environment.assign, [HOST, "worker"]), "worker");
      equal((await all()).sort(), ["host", "worker"]);
      is(process.env[HOST], "host");
      process.env[HOST] = "later";
      equal((await all()).sort(), ["host", "worker"]);
    } finally {
      delete process.env[HOST];
    }
  });
}

test("a thread does not change what belongs to the program", async () => {
  const before = [process.cwd(), process.umask()];
  await using pool = new Pool({ workers: 1 });
  for (const name of ["chdir", "umask"] as const) {
    is(
      await pool.apply(environment.refusal, [name]),
      "ERR_WORKER_UNSUPPORTED_OPERATION",
    );
  }
  equal([process.cwd(), process.umask()], before);
});

test("a thread does not get the input of the program", async () => {
  const { stdout, stderr } = await command(
    process.execPath,
    [...launchArgs(runtimeName), inputProgram],
    { input: "for the program" },
  );
  equal(JSON.parse(stdout || "null"), ["", "for the program"], stderr);
});

test("the standard input of a process is empty", async () => {
  await using pool = new Pool({ workers: 1, startMethod: "process" });
  is(await pool.apply(environment.standardInput), "");
});

test("the journal of a process is for its user alone, and has no name", async () => {
  await using pool = new Pool({ workers: 1, startMethod: "process" });
  equal(await pool.apply(environment.journal), [0o600, 0]);
});

/** Runs the program and answers what it printed. */
async function said(
  options: readonly string[],
  ...args: string[]
): Promise<string> {
  const { code, stdout, stderr } = await command(
    process.execPath,
    [...options, program, ...args],
    { env: { NO_COLOR: "1" } },
  );
  is(code, 0, stderr);
  return stdout.trim();
}

test("a process gets the options of the program, but no inspector", {
  unless: runtimeName === "deno" ? "Deno tells no program its options" : "",
}, async () => {
  const kept = runtimeName === "bun"
    ? ["--conditions=whorl-test"]
    : ["--conditions=whorl-test", "--no-deprecation"];
  const inspect = runtimeName === "bun" ? [] : ["--inspect=127.0.0.1:0"];
  is(await said([...kept, ...inspect], "process"), kept.join(" "));
});

const denoOnly = runtimeName === "deno" ? "" : "only Deno has permissions";
const FEW = ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-env"];

test("a thread has the permissions of the program", {
  unless: denoOnly,
}, async () => {
  is(await said(FEW, "thread", "read"), "granted");
  match(await said(FEW, "thread", "net"), /denied|prompt/);
});

test("a process has all permissions, and is not started without two of them", {
  unless: denoOnly,
}, async () => {
  const more = [...FEW, "--allow-run", "--allow-write"];
  is(await said(more, "process", "net"), "granted");
  for (const missing of ["run", "write"]) {
    const some = more.filter((each) => each !== `--allow-${missing}`);
    match(await said(some, "process", "net"), /Error/);
  }
});
