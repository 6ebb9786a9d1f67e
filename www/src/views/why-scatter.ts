import { css, html, LitElement, nothing } from "lit";
import { shared } from "../components/base.ts";
import { dataTable, tableLooks } from "../components/data-table.ts";
import { asPicture, loadPlot, PLOT_CLASS, type PlotModule } from "../components/plot.ts";
import { sign } from "../components/signs.ts";
import { followSize } from "../components/size.ts";
import type { Share } from "../state/why.ts";
import { count, percent, plural } from "../state/words.ts";

/** A node of the comparison, with what the page knows of it. */
export interface Spot extends Share {
  name: string;
  inside: boolean;
}

/** PPR against the model's exact influence, a mark a node, both axes logarithmic. */
export class WhyScatter extends LitElement {
  static override properties = { spots: { attribute: false } };
  declare spots: readonly Spot[];
  #plot: PlotModule | null = null;

  static override styles = [
    shared,
    tableLooks,
    css`
    #scatter { height: 216px; min-width: 0; }
  `,
  ];

  constructor() {
    super();
    this.spots = [];
    followSize(this, () => this.#draw());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void loadPlot().then((plot) => {
      this.#plot = plot;
      this.#draw();
    });
  }

  override render() {
    const hidden = this.spots.length - this.#drawable().length;
    const rows = this.spots.map(({ name, ppr, exact, inside }) => [
      name,
      percent(ppr, 3),
      percent(exact, 3),
      inside ? "yes" : "no",
    ]);
    return html`<div id="scatter"></div>
      <p class="small quiet">${sign("●")} in the batch · ${sign("○")} left out · dashed line: both are equal.
        ${hidden === 0 ? nothing : `${plural(hidden, "node")} with a share of 0 ${hidden === 1 ? "is" : "are"} in the table only.`}</p>
      ${dataTable("The numbers", `PPR and exact influence of ${count(this.spots.length)} nodes`, ["node", "PPR", "exact", "in the batch"], rows)}`;
  }

  protected override updated(): void {
    this.#draw();
  }

  /** Nought has no place on a logarithmic axis. */
  #drawable(): Spot[] {
    return this.spots.filter(({ ppr, exact }) => ppr > 0 && exact > 0);
  }

  #draw(): void {
    const Plot = this.#plot;
    const at = this.renderRoot.querySelector("#scatter");
    if (Plot === null || at === null || this.clientWidth === 0) return;
    const spots = this.#drawable();
    const axis = (values: number[]): [number, number] => [
      Math.min(...values) / 1.3,
      Math.min(1.3, Math.max(...values) * 1.3),
    ];
    const x = spots.length === 0 ? ([0.001, 1] as const) : axis(spots.map(({ ppr }) => ppr));
    const y = spots.length === 0 ? ([0.001, 1] as const) : axis(spots.map(({ exact }) => exact));
    const ends = [Math.max(x[0], y[0]), Math.min(x[1], y[1])];
    const ticks = (value: number) => `${Number((100 * value).toPrecision(1))} %`;
    const picture = Plot.plot({
      className: PLOT_CLASS,
      width: this.clientWidth,
      height: 214,
      marginLeft: 52,
      marginRight: 12,
      marginTop: 18,
      marginBottom: 34,
      ariaLabel: "Exact influence of the model against PPR, one mark per node",
      x: { type: "log", domain: [...x], label: "PPR →", ticks: 3, tickFormat: ticks },
      y: { type: "log", domain: [...y], label: "↑ exact influence", ticks: 4, tickFormat: ticks, grid: true },
      marks: [
        ...(ends[0]! < ends[1]!
          ? [
              Plot.line([ends, ends], {
                x: (_: number[], i: number) => ends[i]!,
                y: (_: number[], i: number) => ends[i]!,
                stroke: "var(--control)",
                strokeDasharray: "4 3",
              }),
            ]
          : []),
        Plot.dot(spots, {
          x: "ppr",
          y: "exact",
          r: 3.2,
          stroke: "var(--accent)",
          strokeWidth: 1.3,
          fill: (spot: Spot) => (spot.inside ? "var(--accent)" : "var(--panel)"),
          fillOpacity: 0.75,
          title: (spot: Spot) => `${spot.name}\nPPR ${percent(spot.ppr, 2)}, exact ${percent(spot.exact, 2)}`,
        }),
      ],
    });
    at.replaceChildren(asPicture(picture));
  }
}

customElements.define("ibmb-why-scatter", WhyScatter);
