//! Pictures of a map, pixel by pixel.

use crate::common::{any_edges, dataset};
use ibmb::raster::{Colours, RasterJob, Scene};
use ibmb::task::{self, Step};
use proptest::prelude::*;

const BLACK: [f32; 3] = [0.0; 3];
const WHITE: [f32; 3] = [1.0; 3];

/// Nodes at pixel places on white paper, with black edges and no marks.
fn scene(width: u32, height: u32, positions: &[f32]) -> Scene {
    Scene {
        width,
        height,
        positions: positions.to_vec(),
        scale: 1.0,
        offset: (0.0, 0.0),
        marks: vec![0; 4 * positions.len()],
        order: vec![],
        grow: 1.0,
        ratio: 1.0,
        fade: 1.0,
        batch_edges: vec![],
        colours: Colours {
            paper: WHITE,
            ring: BLACK,
            edge: BLACK,
            batch_edge: [1.0, 0.0, 0.0],
            accent: [0.0, 0.0, 1.0],
        },
    }
}

struct Picture {
    width: usize,
    bytes: Vec<u8>,
}

impl Picture {
    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let i = 4 * (y * self.width + x);
        assert_eq!(self.bytes[i + 3], 255, "pictures are opaque");
        [self.bytes[i], self.bytes[i + 1], self.bytes[i + 2]]
    }
}

fn draw(edges: &[(u32, u32)], scene: Scene) -> Picture {
    let n = scene.positions.len() as u32 / 2;
    let width = scene.width as usize;
    Picture { width, bytes: task::run(RasterJob::new(dataset(n, edges), scene).unwrap()).unwrap() }
}

/// A scene with a mark on every node: colour, opacity, size in pixels, shape.
fn marked(mut scene: Scene, marks: &[([u8; 3], u8, u8, u8)]) -> Scene {
    scene.marks = marks
        .iter()
        .flat_map(|&([r, g, b], alpha, size, shape)| [r, g, b, alpha, 4 * size, shape, 0, 0])
        .collect();
    scene.order = (0..marks.len() as u32).collect();
    scene
}

#[test]
fn crossing_edges_are_darkest_where_they_cross() {
    // Two lines through the middle of row 4 and of column 4.
    let picture = draw(&[(0, 1), (2, 3)], scene(9, 9, &[0.0, 4.5, 9.0, 4.5, 4.5, 0.0, 4.5, 9.0]));
    // Opacity is 0.5 where 2 lines run, 0.5 ln 2 / ln 3 = 0.31546 where 1 does: 255 less that share of it.
    assert_eq!(picture.at(4, 4), [128; 3]);
    assert_eq!(picture.at(1, 4), [175; 3]);
    assert_eq!(picture.at(4, 7), [175; 3]);
    assert_eq!(picture.at(1, 1), [255; 3]);
}

#[test]
fn edges_of_the_batch_lie_above_and_fade_with_the_rest() {
    let places = [0.0, 2.5, 8.0, 2.5];
    let mut above = scene(8, 5, &places);
    above.batch_edges = vec![0, 1];
    // Half black, then three quarters red: 128 + 0.75 (255 - 128), and a quarter of 128.
    assert_eq!(draw(&[(0, 1)], above.clone()).at(4, 2), [223, 32, 32]);
    above.fade = 0.0;
    assert_eq!(draw(&[(0, 1)], above).at(4, 2), [255; 3]);
}

#[test]
fn a_disc_has_its_colour_and_its_area() {
    let picture = draw(&[], marked(scene(40, 40, &[20.0, 20.0]), &[([255, 0, 0], 255, 20, 0)]));
    assert_eq!(picture.at(20, 20), [255, 0, 0]);
    assert_eq!(picture.at(20, 5), [255; 3]);
    let covered: f64 = (0..1600).map(|i| 1.0 - f64::from(picture.at(i % 40, i / 40)[1]) / 255.0).sum();
    let area = std::f64::consts::PI * 100.0;
    assert!((covered - area).abs() < 0.01 * area, "{covered} of {area}");
}

#[test]
fn shapes_are_told_apart_without_colour() {
    let grey = [100, 100, 100];
    let shape = |shape| draw(&[], marked(scene(40, 40, &[20.0, 20.0]), &[(grey, 255, 24, shape)]));
    // An output has a dark ring at its border, a dot has none.
    assert_eq!(shape(0).at(20, 9), grey);
    assert!(shape(1).at(20, 8)[0] < 40, "{:?}", shape(1).at(20, 8));
    assert_eq!(shape(1).at(20, 20), grey);
    // A triangle points up: narrow above its middle, wide below.
    let wide = |picture: &Picture, y| (0..40).filter(|&x| picture.at(x, y) != [255; 3]).count();
    let triangle = shape(2);
    assert!(
        wide(&triangle, 12) + 4 < wide(&triangle, 24),
        "{} and {}",
        wide(&triangle, 12),
        wide(&triangle, 24)
    );
    // A cross is empty between its arms.
    let cross = shape(3);
    assert_eq!(cross.at(20, 20), grey);
    assert_eq!(cross.at(20, 12), [255; 3]);
    assert_eq!(cross.at(14, 14), grey);
    // What is selected wears a halo in the accent's colour, 4.5 pixels outside.
    let halo = shape(16);
    assert_eq!(halo.at(36, 20), [0, 0, 255]);
    assert_eq!(halo.at(33, 20), [255; 3]);
    assert!(shape(32).at(33, 20)[0] < 128, "{:?}", shape(32).at(33, 20));
}

#[test]
fn later_marks_lie_above_earlier_ones() {
    let both = marked(
        scene(20, 20, &[10.0, 10.0, 10.0, 10.0]),
        &[([255, 0, 0], 255, 10, 0), ([0, 255, 0], 255, 10, 0)],
    );
    assert_eq!(draw(&[], both.clone()).at(10, 10), [0, 255, 0]);
    assert_eq!(draw(&[], Scene { order: vec![1, 0], ..both }).at(10, 10), [255, 0, 0]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let data = dataset(2, &[(0, 1)]);
    let usual = scene(4, 4, &[0.0, 0.0, 3.0, 3.0]);
    let error = |scene: Scene| RasterJob::new(data.clone(), scene).err().unwrap();
    for (bad, code) in [
        (Scene { width: 0, ..usual.clone() }, "invalid_option"),
        (Scene { width: 1 << 14, height: (1 << 12) + 1, ..usual.clone() }, "invalid_option"),
        (Scene { scale: f64::NAN, ..usual.clone() }, "invalid_option"),
        (Scene { positions: vec![0.0; 3], ..usual.clone() }, "shape_mismatch"),
        (Scene { marks: vec![0; 15], ..usual.clone() }, "shape_mismatch"),
        (Scene { order: vec![2], ..usual.clone() }, "invalid_graph"),
        (Scene { batch_edges: vec![0, 2], ..usual.clone() }, "invalid_graph"),
    ] {
        assert_eq!(error(bad).code(), code);
    }
    let nowhere = Scene { positions: vec![f32::NAN, 0.0, 3.0, f32::INFINITY], order: vec![0, 1], ..usual };
    assert_eq!(draw(&[(0, 1)], nowhere).at(2, 2), [255; 3]);
}

proptest! {
    #[test]
    fn steps_do_not_change_a_picture_and_no_place_is_too_far(
        (n, edges) in any_edges(20),
        places in proptest::collection::vec(-1e6f32..1e6, 40),
        near in proptest::collection::vec(0f32..30.0, 40),
        far in any::<bool>(),
        budget in 1u32..20,
    ) {
        let places = if far { places } else { near };
        let marks: Vec<_> = (0..n).map(|v| ([v as u8, 9, 200], 200, (v % 30) as u8, (v % 4) as u8)).collect();
        let scene = marked(scene(30, 20, &places[..2 * n as usize]), &marks);
        let whole = draw(&edges, scene.clone());
        let mut job = RasterJob::new(dataset(n, &edges), scene).unwrap();
        while !job.step(budget).unwrap().finished {}
        prop_assert_eq!(job.finish().unwrap(), whole.bytes);
    }
}
