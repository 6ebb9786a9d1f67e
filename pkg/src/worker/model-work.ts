/**
 * The worker's part that needs the later wasm of the engine: models, and what is searched for when one asks
 * why.
 */
import type {
  Call,
  CallKind,
  HandleId,
  ModelInfo,
  Opened,
  PartialInference,
  Prediction,
  Result,
  ShardArrays,
  WasmSource,
} from "../contract/protocol.js";
import type {
  Evaluation,
  ExactInfluence,
  Inference,
  Limits,
  Neighbourhood,
  Reasons,
  StrongPath,
  Without,
} from "../contract/types.js";
import {
  addPart,
  BaselineInferring,
  BaselinePreparing,
  Graph,
  GraphInferring,
  InferringWithout,
  Influencing,
  Model,
  Pathfinding,
  Plan,
  PlanInferring,
  Reasoning,
  Shard,
  ShardInferring,
  Surrounding,
  Training,
} from "../wasm/ibmb.js";
import { BatchReporter } from "./batch-reporter.js";
import { readFile } from "./files.js";
import { freeing } from "./freeing.js";
import { runSteps, type Steps, type Task } from "./jobs.js";
import { startWasm } from "./load.js";
import { finished, keep, object, opened } from "./objects.js";
import { isPlanMethod, Prepared } from "./passes.js";
import { trainThrough } from "./training-loop.js";

const KINDS = [
  "exactInfluence",
  "neighbourhood",
  "batchNeighbourhood",
  "paths",
  "why",
  "inferWithout",
  "openModel",
  "saveModel",
  "inferPlan",
  "inferGraph",
  "prepareBy",
  "passes",
  "inferRange",
  "inferShard",
  "evaluate",
  "predictions",
  "shard",
  "openShard",
  "train",
] as const satisfies CallKind[];

type ModelCall = Extract<Call, { kind: (typeof KINDS)[number] }>;

/** Whether `startModels` comes before the call. */
export function needsModels(call: Call): call is ModelCall {
  return (KINDS as readonly CallKind[]).includes(call.kind);
}

let started: Promise<WebAssembly.Module> | undefined;

/**
 * Loads the later part of the engine, unless it is there, and gives it compiled; what failed is tried anew.
 */
export function startModels(source: WasmSource): Promise<WebAssembly.Module> {
  started ??= startWasm(addPart, source, "models").catch((thrown) => {
    started = undefined;
    throw thrown;
  });
  return started;
}

/** Answers a call that needs the later part. */
export async function answerWithModels(
  call: ModelCall,
  task: Task,
  limits: Partial<Limits> | undefined,
): Promise<Result<CallKind>> {
  switch (call.kind) {
    case "exactInfluence": {
      const { graph, model, node, options } = call;
      const job = new Influencing(object(graph, Graph), object(model, Model), node, options);
      return finished(job, task) as Promise<ExactInfluence>;
    }
    case "neighbourhood":
      return finished(
        Surrounding.ofGraph(object(call.graph, Graph), call.nodes, call.options),
        task,
      ) as Promise<Neighbourhood>;
    case "batchNeighbourhood":
      return finished(
        Surrounding.ofBatch(object(call.plan, Plan), call.index, call.options),
        task,
      ) as Promise<Neighbourhood>;
    case "paths": {
      const { from, to, options } = call;
      return finished(new Pathfinding(object(call.graph, Graph), from, to, options), task) as Promise<
        StrongPath[]
      >;
    }
    case "why":
      return finished(
        new Reasoning(object(call.plan, Plan), call.index, call.node),
        task,
      ) as Promise<Reasons>;
    case "inferWithout": {
      const { plan, model, index, node } = call;
      const job = new InferringWithout(object(plan, Plan), object(model, Model), index, node);
      return finished(job, task) as Promise<Without>;
    }
    case "openModel": {
      const { name, bytes } = await readFile(call.file, task);
      return openedModel(Model.open(name, bytes, call.options, limits));
    }
    case "saveModel":
      return object(call.model, Model).save();
    case "inferPlan":
      return inferPlan(call, task);
    case "inferGraph":
      return infer(
        new GraphInferring(object(call.graph, Graph), object(call.model, Model), call.options),
        task,
      );
    case "prepareBy": {
      const prepared = await prepare(call, task);
      return opened(prepared, () => prepared.info);
    }
    case "passes":
      return object(call.prepared, Prepared).measure(call.options, task);
    case "inferRange":
      return inferPart(
        new PlanInferring(object(call.plan, Plan), object(call.model, Model), call.options),
        call,
        task,
      );
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
    case "shard":
      return object(call.plan, Plan).shard(object(call.model, Model), call.from, call.to) as ShardArrays;
    case "openShard":
      return keep(Shard.open(call.shard, limits));
    case "train":
      return train(call, task);
  }
}

function openedModel(model: Model): Opened<ModelInfo> {
  return opened(model, () => model.info() as ModelInfo);
}

function inferPlan(call: Extract<Call, { kind: "inferPlan" }>, task: Task): Promise<Inference> {
  const start = performance.now();
  // Gathers the features of the plan, unless they are there.
  const job = new PlanInferring(object(call.plan, Plan), object(call.model, Model), call.options);
  return infer(
    job,
    task,
    { gathering: performance.now() - start },
    call.tell ? new BatchReporter(call.id, job) : undefined,
  );
}

function infer(
  job: PlanInferring | GraphInferring,
  task: Task,
  before: Record<string, number> = {},
  reporter?: BatchReporter,
): Promise<Inference> {
  return freeing(job, async () => {
    const { totalMs, batchMs, msByStage } = await units(job, task, reporter);
    const bytes = job.bytes;
    const result = job.finish() as Prediction;
    return { ...result, timeMs: totalMs, batchMs, msByStage: { ...before, ...msByStage }, bytes };
  });
}

/** Prepares an inference method afresh. */
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
      return freeing(
        job.finish(),
        async (plan) =>
          new Prepared(() => new PlanInferring(plan, model, split === undefined ? {} : { split }), msByStage),
      );
    });
  }
  const start = performance.now();
  return freeing(new BaselinePreparing(graph, model, options), async (job) => {
    const weighing = performance.now() - start;
    const { msByStage } = await runSteps(job, task);
    return freeing(
      job.finish(),
      async (baseline) =>
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
    const { batchMs } = await units(job, task, tell ? new BatchReporter(id, job) : undefined);
    const bytes = job.bytes;
    return { logits: job.logits(), batchMs, bytes };
  });
}

/** Runs an inference and times its units. */
async function units(job: Steps, task: Task, reporter?: BatchReporter) {
  const batchMs: number[] = [];
  const onUnit = (ms: number) => {
    batchMs.push(ms);
    reporter?.add(ms);
  };
  const timing = await runSteps(job, task, { onUnit });
  reporter?.tell();
  return { ...timing, batchMs: Float64Array.from(batchMs) };
}

function train(call: Extract<Call, { kind: "train" }>, task: Task): Promise<Result<"train">> {
  const outputs = (handle: HandleId | undefined) =>
    handle === undefined ? undefined : object(handle, Plan).outputs();
  const graph = object(call.graph, Graph);
  const job = new Training(graph, call.options, outputs(call.plan), outputs(call.validationPlan));
  return freeing(job, async () => {
    const run = await trainThrough(job, call.id, task);
    return { ...run, model: openedModel(job.best()) };
  });
}
