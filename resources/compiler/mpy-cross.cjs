// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Compiles Python files with mpy-cross as WebAssembly, many in one process: starting Node.js takes longer than
// compiling. Reads a job from each line of standard input, {"arguments": [...], "source": base64}, and answers each
// with a line, {"status", "output", "mpy": base64}.
"use strict";

// From version 18 on Node.js has fetch, and the package would load its own file by it, which needs a URL.
delete globalThis.fetch;

const readline = require("node:readline");
const { compile } = require("@pybricks/mpy-cross-v6");

const inputName = "input.py"; // what the package's file system calls it; the name in the result comes with -s

async function run(line) {
  const job = JSON.parse(line);
  const source = Buffer.from(job.source, "base64");
  try {
    const { status, mpy, out, err } = await compile(inputName, source, job.arguments);
    return { status, output: [...out, ...err].join("\n"), mpy: Buffer.from(mpy ?? []).toString("base64") };
  } catch (error) {
    return { status: 1, output: `the compiler broke down: ${error}`, mpy: "" };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await run(line)) + "\n");
  }
})();
