//! Pictures of a map without a graphics card: edges by their density, nodes by their marks.

mod lines;
mod marks;

use std::sync::Arc;

use self::lines::{Density, Place};
use self::marks::{Canvas, Mark};
pub use self::marks::{Colours, Rgb};
use crate::error::{Error, Result};
use crate::graph::Dataset;
use crate::task::{Progress, Step};

/// Pixels of a picture, at most: 16,384 by 4,096, or 0.8 GB while it is drawn.
const MOST_PIXELS: u64 = 1 << 26;
/// Bytes of a node's mark: red, green, blue, alpha, size in quarter pixels, shape, two unused.
const BYTES_PER_MARK: usize = 8;
/// Opacity where edges are densest.
const EDGES: f64 = 0.5;
const BATCH_EDGES: f64 = 0.75;

/// What a picture shows, from where.
#[derive(Debug, Clone)]
pub struct Scene {
    /// In device pixels, as all below.
    pub width: u32,
    /// Rows of pixels.
    pub height: u32,
    /// x and y of every node.
    pub positions: Vec<f32>,
    /// Pixels per unit of the positions.
    pub scale: f64,
    /// Where the positions' origin is.
    pub offset: (f64, f64),
    /// Eight bytes a node: red, green, blue, alpha, size in quarter pixels, shape, two unused.
    pub marks: Vec<u8>,
    /// Nodes in drawing order.
    pub order: Vec<u32>,
    /// Factor of all sizes.
    pub grow: f64,
    /// Device pixels per pixel in which sizes are meant.
    pub ratio: f64,
    /// Factor of the edges' opacity, 0 to 1.
    pub fade: f64,
    /// Pairs of nodes that are drawn above all other edges.
    pub batch_edges: Vec<u32>,
    /// Colours beside those of the marks.
    pub colours: Colours,
}

impl Scene {
    fn check(&self, num_nodes: u32) -> Result<()> {
        let pixels = u64::from(self.width) * u64::from(self.height);
        if pixels == 0 || pixels > MOST_PIXELS {
            let found = format!("{} x {} is out of range", self.width, self.height);
            return Err(Error::option("width", format!("{found}, allowed are 1 to {MOST_PIXELS} pixels")));
        }
        let n = num_nodes as usize;
        for (what, found, expected) in
            [("positions", self.positions.len(), 2 * n), ("marks", self.marks.len(), BYTES_PER_MARK * n)]
        {
            if found != expected {
                let text = format!("{what} has {found} values, {num_nodes} nodes need {expected}");
                return Err(Error::ShapeMismatch(text));
            }
        }
        let numbers = [self.scale, self.offset.0, self.offset.1, self.grow, self.ratio, self.fade];
        if !numbers.iter().all(|value| value.is_finite()) {
            return Err(Error::option("scale", "scale, offset, grow, ratio and fade must be finite"));
        }
        if let Some(&node) = self.order.iter().chain(&self.batch_edges).find(|&&node| node >= num_nodes) {
            let text = format!("node {node} is out of range, the graph has {num_nodes} nodes");
            return Err(Error::InvalidGraph(text));
        }
        Ok(())
    }

    fn place(&self, node: u32) -> Place {
        let at = 2 * node as usize;
        let along = |i: usize, offset: f64| f64::from(self.positions[at + i]) * self.scale + offset;
        (along(0, self.offset.0), along(1, self.offset.1))
    }

    fn mark(&self, node: u32) -> Mark {
        let at = BYTES_PER_MARK * node as usize;
        let bytes = &self.marks[at..at + BYTES_PER_MARK];
        let share = |byte: u8| f32::from(byte) / 255.0;
        Mark {
            colour: [share(bytes[0]), share(bytes[1]), share(bytes[2])],
            alpha: f64::from(share(bytes[3])),
            size: f64::from(bytes[4]) / 4.0,
            shape: bytes[5],
        }
    }
}

/// Draws a scene.
///
/// Every edge is drawn. Where many run side by side the logarithm of their number counts, so that dense places do not
/// drown the rest. Nodes at places that are not finite are left out with their edges.
/// # Cost
/// The length of all edges in pixels, and the area of all marks; 20 bytes a pixel.
pub struct RasterJob {
    dataset: Arc<Dataset>,
    scene: Scene,
    density: Density,
    /// Node whose edges come next.
    node: u32,
    pixels: Vec<[f32; 3]>,
}

impl RasterJob {
    /// Checks the scene and lays out the paper.
    ///
    /// # Errors
    /// `invalid_option` for a size or a number out of range, `shape_mismatch` for arrays that do not fit the graph,
    /// `invalid_graph` for a node that it does not have, `out_of_memory`.
    pub fn new(dataset: Arc<Dataset>, scene: Scene) -> Result<Self> {
        scene.check(dataset.graph.num_nodes())?;
        let (width, height) = (scene.width as usize, scene.height as usize);
        let mut pixels = Vec::new();
        let bytes = 12 * (width * height) as u64;
        pixels.try_reserve_exact(width * height).map_err(|_| Error::OutOfMemory { bytes })?;
        pixels.resize(width * height, scene.colours.paper);
        Ok(Self { dataset, density: Density::new(width, height)?, scene, node: 0, pixels })
    }

    fn lay(&mut self, density: &Density, most: f64, colour: Rgb) {
        for (pixel, opacity) in self.pixels.iter_mut().zip(density.opacity(most * self.scene.fade)) {
            for (below, above) in pixel.iter_mut().zip(colour) {
                *below += (above - *below) * opacity as f32;
            }
        }
    }
}

fn draw(density: &mut Density, scene: &Scene, a: u32, b: u32) {
    let (from, to) = (scene.place(a), scene.place(b));
    if [from.0, from.1, to.0, to.1].iter().all(|value| value.is_finite()) {
        density.line(from, to);
    }
}

impl Step for RasterJob {
    type Output = Vec<u8>;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let graph = &self.dataset.graph;
        let n = graph.num_nodes();
        let mut left = budget.max(1);
        while self.node < n && left > 0 {
            let row = graph.adjacency().row(self.node);
            for &other in row {
                if graph.is_directed() && other != self.node || other < self.node {
                    draw(&mut self.density, &self.scene, other, self.node);
                }
            }
            left = left.saturating_sub(1 + row.len() as u32);
            self.node += 1;
        }
        Ok(Progress {
            stage: "drawing",
            done: u64::from(self.node),
            total: u64::from(n),
            finished: self.node == n,
        })
    }

    /// Red, green, blue and alpha of every pixel, row by row from the top.
    fn finish(mut self) -> Result<Vec<u8>> {
        if self.node < self.dataset.graph.num_nodes() {
            return Err(Error::Internal("the picture is not finished".to_owned()));
        }
        let (width, height) = (self.scene.width as usize, self.scene.height as usize);
        let edges = std::mem::replace(&mut self.density, Density::new(width, height)?);
        self.lay(&edges, EDGES, self.scene.colours.edge);
        drop(edges);
        let mut batch = std::mem::replace(&mut self.density, Density::new(0, 0)?);
        for pair in self.scene.batch_edges.chunks_exact(2) {
            draw(&mut batch, &self.scene, pair[0], pair[1]);
        }
        self.lay(&batch, BATCH_EDGES, self.scene.colours.batch_edge);
        let mut canvas = Canvas { width, height, pixels: &mut self.pixels };
        for &node in &self.scene.order {
            let place = self.scene.place(node);
            if place.0.is_finite() && place.1.is_finite() {
                let Scene { grow, ratio, ref colours, .. } = self.scene;
                canvas.mark(place, self.scene.mark(node), grow, ratio, colours);
            }
        }
        let byte = |value: f32| (value * 255.0 + 0.5) as u8;
        Ok(self.pixels.iter().flat_map(|&[r, g, b]| [byte(r), byte(g), byte(b), 255]).collect())
    }
}
