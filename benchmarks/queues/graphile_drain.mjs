// Graphile Worker: a local queue of 500, completions in batches, as its own benchmark has it.
import { randomUUID } from "node:crypto";
import { makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";

const [count, charge] = [Number(process.argv[2]), process.argv[3] === "charge"];
const connectionString = process.env.QUEUE_URL;
const PIECE = 5_000;
const pgPool = new pg.Pool({ connectionString, max: 20 });

const utils = await makeWorkerUtils({ connectionString });
await utils.migrate();
for (let first = 0; first < count; first += PIECE) {
  const jobs = Math.min(PIECE, count - first);
  await utils.addJobs(Array.from({ length: jobs }, () => ({ identifier: "job", payload: {} })));
}
await utils.release();
await pgPool.query("VACUUM ANALYZE");

let done = 0;
let finish;
const finished = new Promise((resolve) => (finish = resolve));
const insert = "INSERT INTO charges VALUES ($1, $2, $3)";

async function job(_payload, helpers) {
  if (charge) await helpers.query(insert, [randomUUID(), 100_000, new Date()]);
  if (++done === count) finish();
}

const started = performance.now();
const runner = await run({
  pgPool,
  taskList: { job },
  noHandleSignals: true,
  noPreparedStatements: false,
  parsedCronItems: [],
  preset: {
    worker: {
      concurrentJobs: 24,
      maxPoolSize: 20,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  },
});
await finished;
await runner.stop();
const seconds = (performance.now() - started) / 1000;
const left = await pgPool.query("SELECT count(*)::int AS jobs FROM graphile_worker.jobs");
if (left.rows[0].jobs !== 0) throw new Error(`${left.rows[0].jobs} of ${count} jobs are left`);
await pgPool.end();
console.log(seconds);
process.exit(0);
