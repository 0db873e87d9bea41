//! A picture of 900 × 1200 and a few shapes, painted line by line.

use crate::{Error, Result};
use platform::images::{self, Photo};

pub(super) type Colour = [u8; 3];

const WIDTH: i32 = 900;
const HEIGHT: i32 = 1200;

pub(super) struct Canvas(Vec<u8>);

impl Canvas {
    pub fn new() -> Self {
        Self(vec![255; usize::try_from(WIDTH * HEIGHT * 3).unwrap_or(0)])
    }

    /// Encoded, with a thumbnail, as if it had been uploaded.
    pub async fn photo(self) -> Result<Photo> {
        let (width, height) = (WIDTH.unsigned_abs(), HEIGHT.unsigned_abs());
        images::process_pixels(width, height, self.0).await.map_err(|e| Error::internal("demo picture", e))
    }

    /// A horizontal stroke; whatever is outside is cut off.
    fn span(&mut self, x: i32, y: i32, width: i32, colour: Colour) {
        let (from, to) = (x.clamp(0, WIDTH), (x + width).clamp(0, WIDTH));
        if !(0..HEIGHT).contains(&y) || from >= to {
            return;
        }
        let offset = |x: i32| usize::try_from((y * WIDTH + x) * 3).unwrap_or(0);
        let stroke = &mut self.0[offset(from)..offset(to)];
        stroke[..3].copy_from_slice(&colour);
        // Doubling what is painted is much faster than pixel by pixel.
        let mut done = 3;
        while done < stroke.len() {
            let more = done.min(stroke.len() - done);
            stroke.copy_within(..more, done);
            done += more;
        }
    }

    /// From one colour at the top to another at the bottom; `tint` makes the light of the day.
    pub fn gradient(&mut self, top: Colour, bottom: Colour, tint: i16) {
        for y in 0..HEIGHT {
            let mut colour = [0; 3];
            for (part, (a, b)) in colour.iter_mut().zip(top.into_iter().zip(bottom)) {
                let mixed = (i32::from(a) * (HEIGHT - y) + i32::from(b) * y) / HEIGHT + i32::from(tint);
                *part = u8::try_from(mixed.clamp(0, 255)).unwrap_or(0);
            }
            self.span(0, y, WIDTH, colour);
        }
    }

    /// Tiles with joints.
    pub fn tiles(&mut self, tile: Colour, joint: Colour, size: i32, tint: i16) {
        self.gradient(tile, joint, tint);
        for n in 0..=HEIGHT / size {
            self.rect(0, n * size, WIDTH, 6, joint);
            self.rect(n * size, 0, 6, HEIGHT, joint);
        }
    }

    pub fn rect(&mut self, x: i32, y: i32, width: i32, height: i32, colour: Colour) {
        for row in y..y + height {
            self.span(x, row, width, colour);
        }
    }

    pub fn ellipse(&mut self, x: i32, y: i32, across: i32, down: i32, colour: Colour) {
        for dy in -down..=down {
            let half = across * (down * down - dy * dy).max(0).isqrt() / down.max(1);
            self.span(x - half, y + dy, half * 2, colour);
        }
    }

    pub fn circle(&mut self, x: i32, y: i32, radius: i32, colour: Colour) {
        self.ellipse(x, y, radius, radius, colour);
    }

    /// A drop of water: a circle with a point above.
    pub fn drop(&mut self, x: i32, y: i32, radius: i32, colour: Colour) {
        self.circle(x, y, radius, colour);
        self.triangle(x, y - radius * 2, radius, colour);
    }

    /// Point up, as high as wide.
    pub fn triangle(&mut self, x: i32, y: i32, half: i32, colour: Colour) {
        for row in 0..half * 2 {
            self.span(x - row / 2, y + row, row.max(1), colour);
        }
    }

    pub fn line(&mut self, from: (i32, i32), to: (i32, i32), thick: i32, colour: Colour) {
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).max(1);
        for step in 0..=steps {
            let x = from.0 + (to.0 - from.0) * step / steps;
            let y = from.1 + (to.1 - from.1) * step / steps;
            self.rect(x - thick / 2, y - thick / 2, thick, thick, colour);
        }
    }

    pub fn cross(&mut self, x: i32, y: i32, half: i32, colour: Colour) {
        self.line((x - half, y - half), (x + half, y + half), half / 3, colour);
        self.line((x + half, y - half), (x - half, y + half), half / 3, colour);
    }
}
