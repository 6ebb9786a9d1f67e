//! How many edges run over every pixel.

use crate::error::{Error, Result};

/// A place in pixels.
pub(super) type Place = (f64, f64);

/// Coverage of every pixel by lines of one pixel's width.
pub(super) struct Density {
    width: usize,
    height: usize,
    cover: Vec<f32>,
}

impl Density {
    pub fn new(width: usize, height: usize) -> Result<Self> {
        let mut cover = Vec::new();
        let bytes = 4 * (width * height) as u64;
        cover.try_reserve_exact(width * height).map_err(|_| Error::OutOfMemory { bytes })?;
        cover.resize(width * height, 0.0);
        Ok(Self { width, height, cover })
    }

    /// Draws a line; what is outside is cut off.
    ///
    /// # Source
    /// [Wu91]: along the longer axis, each step is shared between the two nearest pixels. [Liang84] cuts.
    pub fn line(&mut self, from: Place, to: Place) {
        // One pixel of margin, so that the cut ends do not show.
        let (w, h) = (self.width as f64, self.height as f64);
        let Some((from, to)) = cut(from, to, (-1.0, -1.0), (w + 1.0, h + 1.0)) else { return };
        let steep = (to.1 - from.1).abs() > (to.0 - from.0).abs();
        let turn = |place: Place| if steep { (place.1, place.0) } else { place };
        let (mut a, mut b) = (turn(from), turn(to));
        if a.0 > b.0 {
            std::mem::swap(&mut a, &mut b);
        }
        // Pixel `i` reaches from `i` to `i + 1`, its middle is at `i + 0.5`.
        let (first, last) = ((a.0 - 0.5).ceil() as i64, (b.0 - 0.5).floor() as i64);
        if first > last {
            // Shorter than a pixel: it counts by its length where it is.
            self.add(steep, a.0.floor() as i64, a.1.floor() as i64, (b.0 - a.0).max((b.1 - a.1).abs()));
            return;
        }
        let slope = if b.0 > a.0 { (b.1 - a.1) / (b.0 - a.0) } else { 0.0 };
        for along in first..=last {
            let across = a.1 + (along as f64 + 0.5 - a.0) * slope - 0.5;
            let low = across.floor();
            let share = across - low;
            self.add(steep, along, low as i64, 1.0 - share);
            self.add(steep, along, low as i64 + 1, share);
        }
    }

    fn add(&mut self, steep: bool, along: i64, across: i64, share: f64) {
        let (x, y) = if steep { (across, along) } else { (along, across) };
        let inside = |value: i64, size: usize| usize::try_from(value).ok().filter(|&value| value < size);
        if let (Some(x), Some(y)) = (inside(x, self.width), inside(y, self.height)) {
            self.cover[y * self.width + x] += share as f32;
        }
    }

    /// Opacity of every pixel: `most` where lines are densest, and by the logarithm of one plus their number elsewhere.
    pub fn opacity(&self, most: f64) -> impl Iterator<Item = f64> + '_ {
        let densest = self.cover.iter().copied().fold(0.0, f32::max);
        let scale = if densest > 0.0 { most / crate::math::ln(1.0 + f64::from(densest)) } else { 0.0 };
        self.cover.iter().map(
            move |&cover| if cover > 0.0 { scale * crate::math::ln(1.0 + f64::from(cover)) } else { 0.0 },
        )
    }
}

/// The part of a line inside a rectangle.
fn cut(from: Place, to: Place, low: Place, high: Place) -> Option<(Place, Place)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0, 1.0);
    for (step, room) in
        [(-dx, from.0 - low.0), (dx, high.0 - from.0), (-dy, from.1 - low.1), (dy, high.1 - from.1)]
    {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else {
            let at = room / step;
            if step < 0.0 {
                enter = f64::max(enter, at);
            } else {
                leave = f64::min(leave, at);
            }
        }
    }
    let at = |t: f64| (from.0 + t * dx, from.1 + t * dy);
    (enter <= leave).then(|| (at(enter), at(leave)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_level_line_fills_its_row_and_a_slanted_one_shares_its_steps() {
        let mut density = Density::new(5, 4).unwrap();
        density.line((0.0, 1.5), (5.0, 1.5));
        assert_eq!(density.cover[5..10], [1.0; 5]);
        assert_eq!(density.cover.iter().sum::<f32>(), 5.0);
        // Half way between two rows, half of it is in each.
        let mut density = Density::new(5, 4).unwrap();
        density.line((1.0, 2.0), (4.0, 2.0));
        assert_eq!(density.cover[5..15], [0.0, 0.5, 0.5, 0.5, 0.0, 0.0, 0.5, 0.5, 0.5, 0.0]);
    }

    #[test]
    fn opacity_is_that_of_the_logarithm() {
        let mut density = Density::new(3, 1).unwrap();
        for end in [1.0, 2.0, 2.0] {
            density.line((0.0, 0.5), (end, 0.5));
        }
        // 3, 2 and 0 lines: ln 4 is the most.
        let opacity: Vec<f64> = density.opacity(0.5).collect();
        let expected = [0.5, 0.5 * 3f64.ln() / 4f64.ln(), 0.0];
        for (found, expected) in opacity.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{opacity:?}");
        }
    }

    proptest! {
        #[test]
        fn a_line_covers_about_its_longer_side_and_a_cut_one_what_is_inside(
            from in (-40.0..60.0f64, -40.0..60.0f64), to in (-40.0..60.0f64, -40.0..60.0f64)
        ) {
            // The same line on a picture that holds it whole, moved by 50 pixels.
            let mut whole = Density::new(120, 120).unwrap();
            whole.line((from.0 + 50.0, from.1 + 50.0), (to.0 + 50.0, to.1 + 50.0));
            let longer = (to.0 - from.0).abs().max((to.1 - from.1).abs());
            let covered = f64::from(whole.cover.iter().sum::<f32>());
            prop_assert!((covered - longer).abs() <= 1.01, "{} of {}", covered, longer);
            let mut part = Density::new(20, 20).unwrap();
            part.line(from, to);
            for y in 1..19 {
                for x in 1..19 {
                    let (found, expected) = (part.cover[y * 20 + x], whole.cover[(y + 50) * 120 + x + 50]);
                    prop_assert!((found - expected).abs() < 1e-4, "{} and {} at {}, {}", found, expected, x, y);
                }
            }
        }
    }
}
