/** The worker: holds the wasm and its objects, answers the client's calls. */

import { host } from "#host";
import { IbmbError, toPlain } from "../contract/errors.js";
import type {
  Call,
  CallKind,
  GraphInfo,
  GraphParts,
  Opened,
  PlanInfo,
  Result,
  WasmSource,
} from "../contract/protocol.js";
import { transferable } from "../contract/transfer.js";
import type {
  Batch,
  GraphLayout,
  Hops,
  Influencers,
  Layout,
  Limits,
  Order,
  PlanBytes,
} from "../contract/types.js";
import init, {
  checkLimits,
  Drawing,
  ForceLayingOut,
  Graph,
  LayingOut,
  memoryBytes,
  Ordering,
  Plan,
  Planting,
  readTensors,
  saveTensors,
  TensorsOpening,
} from "../wasm/ibmb.js";
import { lookAtTable, readGraph, startFiles, writeParts } from "./file-work.js";
import { readFile } from "./files.js";
import { freeing, isTrap } from "./freeing.js";
import { runSteps, Task } from "./jobs.js";
import { startWasm } from "./load.js";
import { answerWithModels, needsModels, startModels } from "./model-work.js";
import { dispose, finished, object, opened } from "./objects.js";

/** At most ten layouts on the way a second: each is a copy of all places. */
const POSITIONS_MS = 100;

/** Calls without a model whose code is in the later part of the wasm, too: a first view does without them. */
const LATER: ReadonlySet<CallKind> = new Set<CallKind>(["order", "picture", "plantedGraph"]);

const tasks = new Map<number, Task>();
let limits: Partial<Limits> | undefined;
let modelsWasm: WasmSource;
let crashed = false;

/** Takes the client's messages from now on. */
export function serve(): void {
  host.listen((request) => {
    if (crashed) return;
    switch (request.kind) {
      case "cancel": {
        const task = tasks.get(request.id);
        if (task) task.stopped = true;
        return;
      }
      case "dispose":
        dispose(request.handle);
        return;
      default:
        void respond(request);
    }
  });
}

/** Answers one call with exactly one result or error. */
async function respond(call: Call): Promise<void> {
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
  if (needsModels(call)) {
    await startModels(modelsWasm);
    return answerWithModels(call, task, limits);
  }
  if (LATER.has(call.kind)) await startModels(modelsWasm);
  switch (call.kind) {
    case "init": {
      limits = call.limits;
      if (call.module === "files") return startFiles(call);
      const wasm = await startWasm(init, call.wasm, "engine");
      modelsWasm = call.modelsWasm;
      checkLimits(limits);
      return { wasm };
    }
    case "preload":
      return { wasm: await startModels(modelsWasm) };
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
      return readFile(call.file, task).then(
        ({ name, bytes }) => readTensors(name, bytes, limits) as Result<"readTensors">,
      );
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
    case "cuts":
      return object(call.plan, Plan).cuts(call.count);
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

async function openTensors(
  call: Extract<Call, { kind: "openTensors" }>,
  task: Task,
): Promise<Opened<GraphInfo>> {
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
