//! Nodes as discs, rings, triangles and crosses: the shapes of the page's shaders, pixel by pixel.

/// Red, green and blue from 0 to 1.
pub type Rgb = [f32; 3];

/// Colours beside those of the marks.
#[derive(Debug, Clone, Copy)]
pub struct Colours {
    /// The ground.
    pub paper: Rgb,
    /// Rings of outputs.
    pub ring: Rgb,
    /// Edges of the graph.
    pub edge: Rgb,
    /// Edges of the selected batch.
    pub batch_edge: Rgb,
    /// Halo of what is selected.
    pub accent: Rgb,
}

/// The mark of one node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) colour: Rgb,
    pub(super) alpha: f64,
    pub(super) size: f64,
    pub(super) shape: u8,
}

/// Pixels around the mark of a node that is selected.
const HALO: f64 = 7.0;

/// Shapes as they are numbered, and what is added to the number.
const OUTPUT: u8 = 1;
const AUXILIARY: u8 = 2;
const CROSS: u8 = 3;
const SELECTED: u8 = 16;
const CHOSEN: u8 = 32;

/// Opaque picture, three bytes a pixel as numbers from 0 to 1.
pub(super) struct Canvas<'a> {
    pub width: usize,
    pub height: usize,
    pub pixels: &'a mut [[f32; 3]],
}

impl Canvas<'_> {
    /// Draws the mark of a node at a place. `grow` scales it, `ratio` is device pixels per pixel of the page.
    pub fn mark(&mut self, place: (f64, f64), mark: Mark, grow: f64, ratio: f64, colours: &Colours) {
        let radius = (0.5 * mark.size * grow * ratio).max(0.7);
        let (selected, chosen) = (mark.shape & SELECTED != 0, mark.shape & CHOSEN != 0);
        let whole = radius + (1.0 + if selected || chosen { HALO } else { 0.0 }) * ratio;
        let range = |middle: f64, size: usize| {
            let low = (middle - whole).floor().clamp(0.0, size as f64);
            let high = (middle + whole).ceil().clamp(0.0, size as f64);
            low as usize..high as usize
        };
        for y in range(place.1, self.height) {
            for x in range(place.0, self.width) {
                let p = (x as f64 + 0.5 - place.0, y as f64 + 0.5 - place.1);
                let (mut colour, mut alpha) = shade(p, radius, ratio, mark, colours);
                let far = (p.0 * p.0 + p.1 * p.1).sqrt();
                for (on, at, wide) in [(chosen, 1.2, 0.75), (selected, 4.5, 1.25)] {
                    let seen = if on { cover((far - radius - at * ratio).abs() - wide * ratio) } else { 0.0 };
                    colour = mix(colour, colours.accent, seen);
                    alpha += seen * (1.0 - alpha);
                }
                self.blend(x, y, colour, alpha);
            }
        }
    }

    pub fn blend(&mut self, x: usize, y: usize, colour: Rgb, alpha: f64) {
        if alpha > 0.0 {
            for (below, above) in self.pixels[y * self.width + x].iter_mut().zip(colour) {
                *below += (above - *below) * alpha as f32;
            }
        }
    }
}

/// Share of a pixel inside a border at this distance, negative inside.
fn cover(distance: f64) -> f64 {
    (0.5 - distance).clamp(0.0, 1.0)
}

fn mix(from: Rgb, to: Rgb, share: f64) -> Rgb {
    std::array::from_fn(|i| from[i] + (to[i] - from[i]) * share as f32)
}

/// Colour and opacity of a shape at a distance from its middle.
fn shade(p: (f64, f64), radius: f64, ratio: f64, mark: Mark, colours: &Colours) -> (Rgb, f64) {
    // Rings and outlines give way when marks are small.
    let band = (radius * 0.42 - 0.45 * ratio).clamp(0.0, 1.1 * ratio);
    let inner = |distance: f64, width: f64| if width > 0.0 { cover(distance + width) } else { 1.0 };
    let far = (p.0 * p.0 + p.1 * p.1).sqrt() - radius;
    match mark.shape & 15 {
        OUTPUT => (mix(colours.ring, mark.colour, inner(far, band)), mark.alpha * cover(far)),
        AUXILIARY => {
            let distance = triangle(p, radius * 0.92);
            let width = band * 0.9;
            (mix(colours.paper, mark.colour, inner(distance, width)), mark.alpha * cover(distance))
        }
        CROSS => {
            let along = ((p.0 + p.1).abs(), (p.0 - p.1).abs());
            let half = std::f64::consts::FRAC_1_SQRT_2;
            let (long, short) = (along.0.max(along.1) * half, along.0.min(along.1) * half);
            (mark.colour, mark.alpha * cover((long - radius).max(short - radius * 0.26)))
        }
        _ => (mark.colour, mark.alpha * cover(far)),
    }
}

/// Distance to an equilateral triangle that points up, y downwards.
fn triangle(p: (f64, f64), r: f64) -> f64 {
    let k = 3f64.sqrt();
    let (mut x, mut y) = (p.0.abs() - r, -p.1 + r * 0.14 + r / k);
    if x + k * y > 0.0 {
        (x, y) = (0.5 * (x - k * y), 0.5 * (-k * x - y));
    }
    x -= x.clamp(-2.0 * r, 0.0);
    -(x * x + y * y).sqrt() * if y < 0.0 { -1.0 } else { 1.0 }
}
