/** Handles for users: objects with their data here, whose work is done in the worker. */

import { IbmbError } from "../contract/errors.js";
import type {
  GraphInfo,
  HandleId,
  Opened,
  PlanInfo,
  WireInferByOptions,
  WirePlanOptions,
} from "../contract/protocol.js";
import { transferable } from "../contract/transfer.js";
import type {
  Batch,
  BatchNeighbourhoodOptions,
  EvaluateOptions,
  Evaluation,
  ExactInfluence,
  ExactInfluenceOptions,
  ExportFormat,
  FullInferOptions,
  GraphHandle,
  GraphLayout,
  GraphLayoutOptions,
  Hops,
  InferByOptions,
  Inference,
  InferencePoint,
  InfluencerOptions,
  Influencers,
  Layout,
  LayoutWorkOptions,
  ModelHandle,
  Neighbourhood,
  NeighbourhoodOptions,
  NodeColumn,
  Order,
  OrderOptions,
  PassOptions,
  PathsOptions,
  PictureOptions,
  PlanBytes,
  PlanHandle,
  PlanInferOptions,
  PlanOptions,
  PreparedHandle,
  Reasons,
  Split,
  StrongPath,
  TrainOptions,
  TrainRun,
  Without,
  WorkOptions,
} from "../contract/types.js";
import type { Engine } from "./engine.js";
import { ModelObject } from "./model-handle.js";
import { NodeNames } from "./nodes.js";
import { PreparedObject, readPasses } from "./prepared.js";
import { defined, Remote } from "./remote.js";
import { buffers, type FileOrBytes, oneFile } from "./wire-files.js";

/** The number of an argument that must be a plan or a model. */
function handleOf(object: unknown, option: "plan" | "validationPlan" | "model", engine: Engine): HandleId {
  const kind = option === "model" ? ModelObject : PlanObject;
  if (object instanceof kind) return object.handleFor(engine);
  const wanted = option === "model" ? "a model" : "a plan";
  throw new IbmbError("invalid_option", `${option}: must be ${wanted} of this client`, { name: option });
}

/** A graph in the worker. */
export class GraphObject extends Remote implements GraphHandle {
  readonly #info: GraphInfo;
  readonly #names: NodeNames;
  readonly splits: Record<string, Split>;

  constructor(engine: Engine, { handle, info }: Opened<GraphInfo>) {
    super(engine, handle, "graph");
    this.#info = info;
    this.#names = new NodeNames(info.names, info.numNodes);
    this.splits = Object.fromEntries(info.splits);
  }

  get name() {
    return this.#info.name;
  }
  get numNodes() {
    return this.#info.numNodes;
  }
  get numEdges() {
    return this.#info.numEdges;
  }
  get directed() {
    return this.#info.directed;
  }
  get weighted() {
    return this.#info.weighted;
  }
  get numFeatures() {
    return this.#info.numFeatures;
  }
  get numClasses() {
    return this.#info.numClasses;
  }
  get classNames() {
    return this.#info.classNames;
  }
  get nodeNames() {
    return this.#names.names;
  }
  get labels() {
    return this.#info.labels;
  }
  get positions() {
    return this.#info.positions;
  }
  get report() {
    return this.#info.report;
  }

  async edges(): Promise<Uint32Array> {
    return this.engine.call("edges", { graph: this.handle });
  }

  async influencers(node: number | string, options: InfluencerOptions = {}): Promise<Influencers> {
    const id = this.#names.id(node, "node");
    return this.engine.call("influencers", { graph: this.handle, node: id, options });
  }

  async plan(options: PlanOptions = {}, work: WorkOptions = {}): Promise<PlanHandle> {
    const args = { graph: this.handle, options: this.#wire(options) };
    return new PlanObject(this.engine, await this.engine.call("plan", args, work), this.#names);
  }

  async openPlan(file: FileOrBytes): Promise<PlanHandle> {
    const wire = oneFile(file, "plan.safetensors");
    const opened = await this.engine.call(
      "openPlan",
      { graph: this.handle, file: wire },
      { transfer: buffers(wire) },
    );
    return new PlanObject(this.engine, opened, this.#names);
  }

  async planBytes(options: PlanOptions = {}): Promise<PlanBytes> {
    return this.engine.call("planBytes", { graph: this.handle, options: this.#wire(options) });
  }

  /** Options of a plan with ids for names. */
  #wire({ outputNodes, ...rest }: PlanOptions): WirePlanOptions {
    return defined({ ...rest, outputNodes: this.#outputs(outputNodes) });
  }

  #outputs(nodes: PlanOptions["outputNodes"]): WirePlanOptions["outputNodes"] {
    return nodes === undefined || typeof nodes === "string" ? nodes : this.#names.ids(nodes, "outputNodes");
  }

  async train(options: TrainOptions = {}): Promise<TrainRun> {
    const { plan, validationPlan, onEpoch, signal, ...rest } = options;
    const args = {
      graph: this.handle,
      plan: plan === undefined || plan === "full" ? undefined : handleOf(plan, "plan", this.engine),
      validationPlan: validationPlan && handleOf(validationPlan, "validationPlan", this.engine),
      options: defined(rest),
    };
    const work = { signal, onEpoch, resolvesWhenStopped: true };
    const { model, ...run } = await this.engine.call("train", args, work);
    return { ...run, model: new ModelObject(this.engine, model) };
  }

  async infer(model: ModelHandle, options: FullInferOptions = {}): Promise<Inference> {
    const { signal, onProgress, nodes, ...rest } = options;
    const args = {
      graph: this.handle,
      model: handleOf(model, "model", this.engine),
      options: defined({ ...rest, nodes: nodes && this.#names.ids(nodes, "nodes") }),
    };
    return this.engine.call("inferGraph", args, { signal, onProgress });
  }

  async evaluate(
    predicted: Pick<Inference, "nodes" | "logits" | "numClasses">,
    options: EvaluateOptions = {},
  ): Promise<Evaluation> {
    const { nodes, logits, numClasses } = predicted;
    return this.engine.call("evaluate", {
      graph: this.handle,
      nodes,
      logits,
      numClasses,
      options: defined(options),
    });
  }

  async inferBy(model: ModelHandle, options: InferByOptions & PassOptions): Promise<InferencePoint> {
    const { repeats, warmUps, ...way } = options;
    const passes = readPasses(options);
    const prepared = await this.prepareBy(model, way as InferByOptions & WorkOptions);
    try {
      return await prepared.measure({ ...passes, signal: options.signal, onProgress: options.onProgress });
    } finally {
      prepared.dispose();
    }
  }

  async prepareBy(model: ModelHandle, options: InferByOptions & WorkOptions): Promise<PreparedHandle> {
    const { signal, onProgress, outputNodes, ...rest } = options;
    const args = {
      graph: this.handle,
      model: handleOf(model, "model", this.engine),
      options: defined({ ...rest, outputNodes: this.#outputs(outputNodes) }) as WireInferByOptions,
    };
    return new PreparedObject(this.engine, await this.engine.call("prepareBy", args, { signal, onProgress }));
  }

  async exactInfluence(
    model: ModelHandle,
    node: number | string,
    options: ExactInfluenceOptions = {},
  ): Promise<ExactInfluence> {
    const { signal, onProgress, ...rest } = options;
    const ids = {
      graph: this.handle,
      model: handleOf(model, "model", this.engine),
      node: this.#names.id(node, "node"),
    };
    const args = { ...ids, options: defined(rest) };
    return this.engine.call("exactInfluence", args, { signal, onProgress });
  }

  async neighbourhood(
    nodes: Uint32Array | readonly (number | string)[],
    options: NeighbourhoodOptions = {},
  ): Promise<Neighbourhood> {
    const { signal, onProgress, ...rest } = options;
    const args = { graph: this.handle, nodes: this.#names.ids(nodes, "nodes"), options: defined(rest) };
    return this.engine.call("neighbourhood", args, { signal, onProgress });
  }

  async paths(from: number | string, to: number | string, options: PathsOptions = {}): Promise<StrongPath[]> {
    const { signal, onProgress, within, ...rest } = options;
    const args = {
      graph: this.handle,
      from: this.#names.id(from, "from"),
      to: this.#names.id(to, "to"),
      options: defined({ ...rest, within: within && this.#names.ids(within, "within") }),
    };
    return this.engine.call("paths", args, { signal, onProgress });
  }

  async exportAs(format: ExportFormat, columns: readonly NodeColumn[] = []): Promise<Uint8Array> {
    const parts = await this.engine.call("graphParts", { graph: this.handle });
    return this.engine.reader.run((writer) =>
      writer.call("writeGraph", { parts, format, columns }, { transfer: transferable(parts) }),
    );
  }

  async layout(options: GraphLayoutOptions = {}, work: LayoutWorkOptions = {}): Promise<GraphLayout> {
    const args = {
      graph: this.handle,
      options: defined({ ...options }),
      watched: work.onPositions !== undefined,
    };
    return this.engine.call("layoutGraph", args, work);
  }

  async picture(options: PictureOptions, work: WorkOptions = {}): Promise<Uint8ClampedArray<ArrayBuffer>> {
    return this.engine.call("picture", { graph: this.handle, options: defined({ ...options }) }, work);
  }

  async save(): Promise<Uint8Array> {
    return this.engine.call("saveGraph", { graph: this.handle });
  }
}

/** A plan in the worker. */
export class PlanObject extends Remote implements PlanHandle {
  readonly #info: PlanInfo;
  readonly #names: NodeNames;

  constructor(engine: Engine, { handle, info }: Opened<PlanInfo>, names: NodeNames) {
    super(engine, handle, "plan");
    this.#info = info;
    this.#names = names;
  }

  get numBatches() {
    return this.#info.numBatches;
  }
  get stats() {
    return this.#info.stats;
  }
  get table() {
    return this.#info.table;
  }
  get batchOf() {
    return this.#info.batchOf;
  }
  get options() {
    return this.#info.options;
  }

  async batch(index: number): Promise<Batch> {
    this.#check(index);
    return this.engine.call("batch", { plan: this.handle, index });
  }

  async merged(indices: Uint32Array | readonly number[]): Promise<Batch> {
    indices.forEach((index) => this.#check(index));
    return this.engine.call("merged", { plan: this.handle, indices: Uint32Array.from(indices) });
  }

  async order(options: OrderOptions = {}): Promise<Order> {
    const { signal, onProgress, ...rest } = options;
    return this.engine.call("order", { plan: this.handle, options: defined(rest) }, { signal, onProgress });
  }

  async overlap(): Promise<Uint32Array> {
    return this.engine.call("overlap", { plan: this.handle });
  }

  async labelCounts(): Promise<Uint32Array | null> {
    return this.engine.call("labelCounts", { plan: this.handle });
  }

  async hops(): Promise<Hops> {
    return this.engine.call("hops", { plan: this.handle });
  }

  async layout(work: WorkOptions = {}): Promise<Layout> {
    return this.engine.call("layout", { plan: this.handle }, work);
  }

  async infer(model: ModelHandle, options: PlanInferOptions = {}): Promise<Inference> {
    const { signal, onProgress, onBatch, ...rest } = options;
    const args = {
      plan: this.handle,
      model: handleOf(model, "model", this.engine),
      options: defined(rest),
    };
    const { pool } = this.engine;
    if (!pool.serves(this.numBatches)) {
      return this.engine.call(
        "inferPlan",
        { ...args, tell: onBatch !== undefined },
        { signal, onProgress, onBatch },
      );
    }
    const work = { ...args, numBatches: this.numBatches, featureNormalization: model.featureNormalization };
    return pool.infer(work, { signal, onProgress, onBatch, ...args.options });
  }

  async why(index: number, node: number | string, work: WorkOptions = {}): Promise<Reasons> {
    this.#check(index);
    return this.engine.call("why", { plan: this.handle, index, node: this.#names.id(node, "node") }, work);
  }

  async neighbourhood(index: number, options: BatchNeighbourhoodOptions = {}): Promise<Neighbourhood> {
    this.#check(index);
    const { signal, onProgress, outputs, leftOut } = options;
    const wire = defined({ leftOut, outputs: outputs && this.#names.ids(outputs, "outputs") });
    return this.engine.call(
      "batchNeighbourhood",
      { plan: this.handle, index, options: wire },
      { signal, onProgress },
    );
  }

  async inferWithout(
    model: ModelHandle,
    index: number,
    node: number | string,
    work: WorkOptions = {},
  ): Promise<Without> {
    this.#check(index);
    const args = {
      plan: this.handle,
      model: handleOf(model, "model", this.engine),
      index,
      node: this.#names.id(node, "node"),
    };
    return this.engine.call("inferWithout", args, work);
  }

  async save(): Promise<Uint8Array> {
    return this.engine.call("savePlan", { plan: this.handle });
  }

  #check(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.numBatches) return;
    const message = `index: ${index} is out of range, the plan has ${this.numBatches} batches`;
    throw new IbmbError("invalid_option", message, { name: "index" });
  }
}
