/** The worker: holds the wasm and its objects, answers the client's calls. */
import { host } from "#host";
import { IbmbError, toPlain } from "./errors.js";
import { lookAtTable, readGraph, startFiles, writeParts } from "./file-work.js";
import { readFile } from "./files.js";
import { type Freeable, freeing, isTrap } from "./freeing.js";
import { runSteps, type Steps, Task } from "./jobs.js";
import { startWasm } from "./load.js";
import { isPlanMethod, Prepared } from "./passes.js";
import { Teller } from "./teller.js";
import { trainThrough } from "./training-loop.js";
import { transferable } from "./transfer.js";
import type {
  Call,
  CallKind,
  GraphInfo,
  GraphParts,
  HandleId,
  ModelInfo,
  Opened,
  PartialInference,
  PlanInfo,
  Prediction,
  Result,
  ShardArrays,
} from "./protocol.js";
import type {
  Batch, Evaluation, ExactInfluence, GraphLayout, Hops, Inference, Influencers,
  Layout, Limits, Order, PlanBytes,
} from "./types.js";
import type { Neighbourhood, Reasons, StrongPath, Without } from "./why-results.js";
import init, {
  BaselineInferring,
  BaselinePreparing,
  checkLimits,
  Drawing,
  ForceLayingOut,
  Graph,
  GraphInferring,
  InferringWithout,
  Influencing,
  LayingOut,
  memoryBytes,
  Model,
  Ordering,
  Pathfinding,
  Plan,
  PlanInferring,
  Planting,
  readTensors,
  Reasoning,
  saveTensors,
  Shard,
  ShardInferring,
  Surrounding,
  TensorsOpening,
  Training,
} from "./wasm/ibmb.js";

/** At most ten layouts on the way a second: each is a copy of all places. */
const POSITIONS_MS = 100;

const objects = new Map<HandleId, Freeable>();
const tasks = new Map<number, Task>();
let limits: Partial<Limits> | undefined;
let nextHandle = 1;
let crashed = false;

host.listen((request) => {
  if (crashed) return;
  switch (request.kind) {
    case "cancel": {
      const task = tasks.get(request.id);
      if (task) task.stopped = true;
      return;
    }
    case "dispose":
      objects.get(request.handle)?.free();
      objects.delete(request.handle);
      return;
    default:
      void serve(request);
  }
});

/** Answers one call with exactly one result or error. */
async function serve(call: Call): Promise<void> {
  const { id } = call;
  const task = new Task((progress) => host.post({ kind: "progress", id, progress }, []));
  tasks.set(id, task);
  try {
    const value = await answer(call, task);
    host.post({ kind: "result", id, value }, transferable(value));
  } catch (thrown) {
    if (isTrap(thrown)) {
      crashed = true;
      host.post({ kind: "crashed", message: thrown.message }, []);
    } else {
      host.post({ kind: "error", id, error: toPlain(thrown) }, []);
    }
  } finally {
    tasks.delete(id);
  }
}

async function answer(call: Call, task: Task): Promise<Result<CallKind>> {
  switch (call.kind) {
    case "init": {
      limits = call.limits;
      if (call.module === "files") return startFiles(call);
      const wasm = await startWasm(init, call.wasm, "engine");
      checkLimits(limits);
      return { wasm };
    }
    case "memoryBytes":
      return memoryBytes();
    case "readGraph":
      return readGraph(call, task, limits);
    case "previewTable":
      return lookAtTable(call, task, limits);
    case "writeGraph":
      return writeParts(call, limits);
    case "openTensors":
      return openTensors(call, task);
    case "openParts":
      return openedGraph(Graph.ofParts(call.parts, limits));
    case "graphParts":
      return object(call.graph, Graph).parts() as GraphParts;
    case "plantedGraph":
      return freeing(new Planting(call.options, limits), async (job) => {
        await runSteps(job, task);
        return openedGraph(job.finish());
      });
    case "edges":
      return object(call.graph, Graph).edges();
    case "influencers":
      return object(call.graph, Graph).influencers(call.node, call.options) as Influencers;
    case "exactInfluence": {
      const { graph, model, node, options } = call;
      const job = new Influencing(object(graph, Graph), object(model, Model), node, options);
      return finished(job, task) as Promise<ExactInfluence>;
    }
    case "neighbourhood":
      return finished(Surrounding.ofGraph(object(call.graph, Graph), call.nodes, call.options), task) as Promise<Neighbourhood>;
    case "batchNeighbourhood":
      return finished(Surrounding.ofBatch(object(call.plan, Plan), call.index, call.options), task) as Promise<Neighbourhood>;
    case "paths": {
      const { from, to, options } = call;
      return finished(new Pathfinding(object(call.graph, Graph), from, to, options), task) as Promise<StrongPath[]>;
    }
    case "why":
      return finished(new Reasoning(object(call.plan, Plan), call.index, call.node), task) as Promise<Reasons>;
    case "inferWithout": {
      const { plan, model, index, node } = call;
      const job = new InferringWithout(object(plan, Plan), object(model, Model), index, node);
      return finished(job, task) as Promise<Without>;
    }
    case "saveGraph":
      return object(call.graph, Graph).save();
    case "plan":
      return plan(call, task);
    case "savePlan":
      return object(call.plan, Plan).save();
    case "openPlan": {
      const { name, bytes } = await readFile(call.file, task);
      return openedPlan(object(call.graph, Graph).openPlan(name, bytes));
    }
    case "saveTensors":
      return saveTensors(call.tensors, call.metadata, limits);
    case "readTensors":
      return readFile(call.file, task).then(({ name, bytes }) => readTensors(name, bytes, limits) as Result<"readTensors">);
    case "planBytes":
      return object(call.graph, Graph).planBytes(call.options) as PlanBytes;
    case "batch":
      return object(call.plan, Plan).batch(call.index) as Batch;
    case "merged":
      return object(call.plan, Plan).merged(call.indices) as Batch;
    case "order":
      return finished(new Ordering(object(call.plan, Plan), call.options), task) as Promise<Order>;
    case "overlap":
      return object(call.plan, Plan).overlap();
    case "labelCounts":
      return object(call.plan, Plan).labelCounts() ?? null;
    case "hops":
      return object(call.plan, Plan).hops() as Hops;
    case "openModel":
      return openModel(call, task);
    case "saveModel":
      return object(call.model, Model).save();
    case "inferPlan":
      return inferPlan(call, task);
    case "inferGraph":
      return infer(new GraphInferring(object(call.graph, Graph), object(call.model, Model), call.options), task);
    case "prepareBy": {
      const prepared = await prepare(call, task);
      return opened(prepared, () => prepared.info);
    }
    case "passes":
      return object(call.prepared, Prepared).measure(call.options, task);
    case "inferRange":
      return inferPart(new PlanInferring(object(call.plan, Plan), object(call.model, Model), call.options), call, task);
    case "inferShard":
      return inferPart(new ShardInferring(object(call.shard, Shard), object(call.model, Model)), call, task);
    case "evaluate": {
      const { graph, nodes, logits, numClasses, options } = call;
      return object(graph, Graph).evaluate(nodes, logits, numClasses, options) as Evaluation;
    }
    case "predictions": {
      const { logits, options } = call;
      return object(call.plan, Plan).predictions(object(call.model, Model), logits, options) as Prediction;
    }
    case "cuts":
      return object(call.plan, Plan).cuts(call.count);
    case "shard":
      return object(call.plan, Plan).shard(object(call.model, Model), call.from, call.to) as ShardArrays;
    case "openShard": {
      const handle = nextHandle++;
      objects.set(handle, Shard.open(call.shard, limits));
      return handle;
    }
    case "train":
      return train(call, task);
    case "layout":
      return finished(new LayingOut(object(call.plan, Plan)), task) as Promise<Layout>;
    case "picture":
      return freeing(new Drawing(object(call.graph, Graph), call.options), async (job) => {
        await runSteps(job, task);
        return new Uint8ClampedArray(job.finish().buffer as ArrayBuffer);
      });
    case "layoutGraph":
      return layoutGraph(call, task);
    default: {
      const never: never = call;
      throw new IbmbError("internal", `unknown request ${JSON.stringify(never)}`);
    }
  }
}

async function openTensors(call: Extract<Call, { kind: "openTensors" }>, task: Task): Promise<Opened<GraphInfo>> {
  const { name, bytes } = await readFile(call.file, task);
  return freeing(new TensorsOpening(name, bytes, call.options, limits), async (job) => {
    await runSteps(job, task);
    return openedGraph(job.finish());
  });
}

function openedGraph(graph: Graph): Opened<GraphInfo> {
  return opened(graph, () => graph.info() as GraphInfo);
}

function plan(call: Extract<Call, { kind: "plan" }>, task: Task): Promise<Opened<PlanInfo>> {
  return freeing(object(call.graph, Graph).plan(call.options), async (job) => {
    const { msByStage } = await runSteps(job, task);
    return openedPlan(job.finish(), msByStage);
  });
}

function openedPlan(plan: Plan, msByStage: Record<string, number> = {}): Opened<PlanInfo> {
  return opened(plan, () => {
    const info = plan.info() as PlanInfo;
    info.stats.msByStage = msByStage;
    return info;
  });
}

async function openModel(call: Extract<Call, { kind: "openModel" }>, task: Task): Promise<Opened<ModelInfo>> {
  const { name, bytes } = await readFile(call.file, task);
  return openedModel(Model.open(name, bytes, call.options, limits));
}

function openedModel(model: Model): Opened<ModelInfo> {
  return opened(model, () => model.info() as ModelInfo);
}

function inferPlan(call: Extract<Call, { kind: "inferPlan" }>, task: Task): Promise<Inference> {
  const start = performance.now();
  // Gathers the features of the plan, unless they are there.
  const job = new PlanInferring(object(call.plan, Plan), object(call.model, Model), call.options);
  return infer(job, task, { gathering: performance.now() - start }, call.tell ? new Teller(call.id, job) : undefined);
}

function infer(
  job: PlanInferring | GraphInferring,
  task: Task,
  before: Record<string, number> = {},
  teller?: Teller,
): Promise<Inference> {
  return freeing(job, async () => {
    const { totalMs, batchMs, msByStage } = await units(job, task, teller);
    const bytes = job.bytes;
    const result = job.finish() as Prediction;
    return { ...result, timeMs: totalMs, batchMs, msByStage: { ...before, ...msByStage }, bytes };
  });
}

/** Prepares a way of inference afresh. */
async function prepare(call: Extract<Call, { kind: "prepareBy" }>, task: Task): Promise<Prepared> {
  const { options } = call;
  const graph = object(call.graph, Graph);
  const model = object(call.model, Model);
  const { split } = options;
  if (options.method === "full-graph") {
    const { method: _, ...rest } = options;
    return new Prepared(() => new GraphInferring(graph, model, rest));
  }
  if (isPlanMethod(options.method)) {
    return freeing(graph.planAfresh(options), async (job) => {
      const { msByStage } = await runSteps(job, task);
      return freeing(job.finish(), async (plan) =>
        new Prepared(() => new PlanInferring(plan, model, split === undefined ? {} : { split }), msByStage),
      );
    });
  }
  const start = performance.now();
  return freeing(new BaselinePreparing(graph, model, options), async (job) => {
    const weighing = performance.now() - start;
    const { msByStage } = await runSteps(job, task);
    return freeing(job.finish(), async (baseline) =>
      new Prepared(() => new BaselineInferring(baseline, model, split), { weighing, ...msByStage }),
    );
  });
}

function inferPart(
  job: PlanInferring | ShardInferring,
  { id, tell }: { id: number; tell: boolean },
  task: Task,
): Promise<PartialInference> {
  return freeing(job, async () => {
    const { batchMs } = await units(job, task, tell ? new Teller(id, job) : undefined);
    const bytes = job.bytes;
    return { logits: job.logits(), batchMs, bytes };
  });
}

function layoutGraph(call: Extract<Call, { kind: "layoutGraph" }>, task: Task): Promise<GraphLayout> {
  return freeing(new ForceLayingOut(object(call.graph, Graph), call.options), async (job) => {
    let sent = Number.NEGATIVE_INFINITY;
    const onStep = () => {
      if (performance.now() - sent < POSITIONS_MS) return;
      const positions = job.positions();
      if (!positions) return;
      host.post({ kind: "positions", id: call.id, positions }, [positions.buffer as ArrayBuffer]);
      sent = performance.now();
    };
    await runSteps(job, task, call.watched ? { onStep } : {});
    return { positions: job.finish() };
  });
}

/** Runs an inference and times its units. */
async function units(job: Steps, task: Task, teller?: Teller) {
  const batchMs: number[] = [];
  const onUnit = (ms: number) => {
    batchMs.push(ms);
    teller?.add(ms);
  };
  const timing = await runSteps(job, task, { onUnit });
  teller?.tell();
  return { ...timing, batchMs: Float64Array.from(batchMs) };
}

function train(call: Extract<Call, { kind: "train" }>, task: Task): Promise<Result<"train">> {
  const outputs = (handle: HandleId | undefined) => (handle === undefined ? undefined : object(handle, Plan).outputs());
  const graph = object(call.graph, Graph);
  const job = new Training(graph, call.options, outputs(call.plan), outputs(call.validationPlan));
  return freeing(job, async () => {
    const run = await trainThrough(job, call.id, task);
    return { ...run, model: openedModel(job.best()) };
  });
}

/** Runs a job to its end and takes its result. */
function finished(job: Steps & Freeable & { finish(): unknown }, task: Task): Promise<unknown> {
  return freeing(job, async () => {
    await runSteps(job, task);
    return job.finish();
  });
}

/** Keeps an object and tells of it; frees it when telling fails. */
function opened<Info>(made: Freeable, info: () => Info): Opened<Info> {
  try {
    const told = info();
    const handle = nextHandle++;
    objects.set(handle, made);
    return { handle, info: told };
  } catch (thrown) {
    made.free();
    throw thrown;
  }
}

/** The object of a number. Its class has a private constructor, so that only the prototype tells its type. */
function object<T extends Freeable>(handle: HandleId, kind: { prototype: T } & Function): T {
  const found = objects.get(handle);
  if (found instanceof kind) return found as T;
  throw new IbmbError("disposed", "the object is disposed");
}
