//! Photographs of the demo: simple drawings of what breaks, before and after. Drawn once, used by many requests.

use super::{
    Plot,
    canvas::{Canvas, Colour},
    rng::Rng,
};
use crate::{Ctx, Error, Result};
use model::requests::{Category, Moment};
use platform::images::Photo;

/// Drawings of one category at one moment.
const VARIANTS: usize = 4;

/// A stored photograph.
pub(super) struct Picture {
    pub key: String,
    pub thumb_key: String,
    pub size: i64,
    pub width: i32,
    pub height: i32,
}

/// All photographs: by category, before then after.
pub(super) struct Album(Vec<Picture>);

impl Album {
    /// The photographs that fit.
    pub fn of(&self, category: Category, moment: Moment) -> Vec<&Picture> {
        let group = position(category) * 2 + usize::from(moment == Moment::After);
        self.0[group * VARIANTS..(group + 1) * VARIANTS].iter().collect()
    }

    /// Draws and stores them. The same keys each time, so that a second attempt overwrites the first.
    pub async fn store(ctx: &Ctx, plot: &Plot) -> Result<Self> {
        let mut pictures = Vec::new();
        for category in Category::ALL {
            for after in [false, true] {
                // One group at a time: each drawing takes megabytes until it is encoded.
                let drawn: Vec<_> =
                    (0..VARIANTS).map(|variant| tokio::spawn(picture(plot.seed, *category, after, variant))).collect();
                for (variant, drawn) in drawn.into_iter().enumerate() {
                    let photo = drawn.await.map_err(|e| Error::internal("demo picture", e))??;
                    let moment = if after { Moment::After } else { Moment::Before };
                    let name = format!("{}/demo/{category}-{moment}-{variant}", plot.company);
                    pictures.push(put(ctx, &name, photo).await?);
                }
            }
        }
        Ok(Self(pictures))
    }
}

async fn put(ctx: &Ctx, name: &str, photo: Photo) -> Result<Picture> {
    let (key, thumb_key) = (format!("{name}.jpg"), format!("{name}-thumb.jpg"));
    let size = i64::try_from(photo.full.len()).map_err(|e| Error::internal("demo picture", e))?;
    for (key, bytes) in [(&key, photo.full), (&thumb_key, photo.thumb)] {
        ctx.blobs.put(key, bytes, "image/jpeg").await.map_err(|e| Error::internal("blob store", e))?;
    }
    Ok(Picture { key, thumb_key, size, width: photo.width.cast_signed(), height: photo.height.cast_signed() })
}

fn position(category: Category) -> usize {
    Category::ALL.iter().position(|c| *c == category).unwrap_or(0)
}

async fn picture(seed: u64, category: Category, after: bool, variant: usize) -> Result<Photo> {
    // Before and after show the same place.
    let mut rng = Rng::part(seed, category.as_str(), variant);
    let mut canvas = Canvas::new();
    draw(&mut canvas, &mut rng, category, after);
    canvas.photo().await
}

const WHITE: Colour = [245, 244, 240];
const DARK: Colour = [38, 40, 46];
const STEEL: Colour = [150, 156, 164];
const WATER: Colour = [70, 140, 205];
const GREEN: Colour = [70, 150, 80];
const RED: Colour = [205, 55, 45];
const YELLOW: Colour = [250, 205, 80];
const WOOD: Colour = [130, 88, 54];

fn draw(c: &mut Canvas, rng: &mut Rng, category: Category, after: bool) {
    let x = i32::try_from(rng.between(-70, 70)).unwrap_or(0);
    let tint = i16::try_from(rng.between(-18, 18)).unwrap_or(0);
    match category {
        Category::Plumbing => pipe(c, x, tint, after),
        Category::Electrical => bulb(c, x, tint, after),
        Category::Heating => radiator(c, x, tint, after),
        Category::Elevator => lift(c, x, tint, after),
        Category::Cleaning => rubbish(c, rng, tint, after),
        Category::Doors => lock(c, x, tint, after),
        Category::Yard => swing(c, x, tint, after),
        Category::Other => letterboxes(c, x, tint, after),
    }
}

/// A pipe before tiles: it drips into a puddle, or shines.
fn pipe(c: &mut Canvas, x: i32, tint: i16, after: bool) {
    c.tiles([214, 224, 226], [188, 200, 203], 150, tint);
    c.rect(0, 430, 900, 90, if after { [196, 202, 208] } else { [140, 132, 122] });
    c.rect(0, 440, 900, 14, [226, 230, 234]);
    c.rect(380 + x, 520, 90, 680, if after { [190, 196, 202] } else { [134, 126, 116] });
    c.rect(350 + x, 400, 150, 150, if after { [210, 178, 96] } else { [150, 104, 62] });
    c.circle(425 + x, 330, 60, RED);
    c.rect(410 + x, 330, 30, 90, STEEL);
    if !after {
        for (n, y) in [600, 690, 800, 930].into_iter().enumerate() {
            c.drop(500 + x + if n % 2 == 0 { 0 } else { 36 }, y, 22, WATER);
        }
        c.ellipse(470 + x, 1130, 330, 60, WATER);
        c.ellipse(430 + x, 1118, 150, 18, [150, 195, 230]);
    }
}

/// A bulb under the ceiling: dark, or lighting the stairs.
fn bulb(c: &mut Canvas, x: i32, tint: i16, after: bool) {
    if after {
        c.gradient([250, 228, 170], [190, 160, 110], tint);
    } else {
        c.gradient([52, 54, 62], [24, 25, 30], tint);
    }
    if after {
        for (radius, light) in [(330, [252, 234, 180]), (250, [253, 240, 196]), (190, [255, 247, 214])] {
            c.circle(450 + x, 520, radius, light);
        }
    }
    c.rect(444 + x, 0, 12, 330, DARK);
    c.rect(405 + x, 320, 90, 80, [90, 80, 70]);
    c.circle(450 + x, 520, 130, if after { [255, 252, 220] } else { [98, 98, 92] });
    c.line((430 + x, 450), (450 + x, 540), 6, if after { YELLOW } else { DARK });
    c.line((450 + x, 540), (470 + x, 450), 6, if after { YELLOW } else { DARK });
    for step in 0..4 {
        let y = 900 + step * 80;
        c.rect(
            60 + step * 60,
            y,
            840,
            80,
            if after { [176, 150, 112] } else { [44 + 3 * step.unsigned_abs().to_le_bytes()[0], 44, 50] },
        );
        c.rect(60 + step * 60, y, 840, 8, if after { [220, 196, 150] } else { [70, 70, 78] });
    }
}

/// A radiator under the window, with a thermometer that says how warm it is.
fn radiator(c: &mut Canvas, x: i32, tint: i16, after: bool) {
    c.gradient([232, 222, 204], [214, 202, 182], tint);
    c.rect(170 + x, 80, 560, 480, WHITE);
    c.rect(200 + x, 110, 240, 420, [150, 178, 205]);
    c.rect(460 + x, 110, 240, 420, [150, 178, 205]);
    for n in 0..14 {
        c.circle(215 + x + n * 36, 150 + (n * 97) % 340, 8, WHITE);
    }
    c.rect(140 + x, 560, 620, 40, [238, 234, 226]);
    for n in 0..8 {
        let left = 170 + x + n * 70;
        c.rect(left, 690, 56, 380, if after { [244, 240, 232] } else { [206, 212, 218] });
        c.rect(left + 8, 700, 10, 360, if after { [255, 214, 180] } else { [170, 184, 198] });
    }
    c.rect(150 + x, 720, 600, 24, STEEL);
    c.rect(150 + x, 1020, 600, 24, STEEL);
    c.rect(60, 640, 56, 420, WHITE);
    let warm = if after { 300 } else { 90 };
    c.rect(78, 1000 - warm, 20, warm, if after { RED } else { WATER });
    c.circle(88, 1016, 30, if after { RED } else { WATER });
}

/// Lift doors: stuck half open on a dark shaft, or closed with a green arrow.
fn lift(c: &mut Canvas, x: i32, tint: i16, after: bool) {
    c.gradient([204, 198, 186], [176, 170, 158], tint);
    c.rect(150 + x, 220, 600, 900, [108, 112, 118]);
    c.rect(180 + x, 250, 540, 870, DARK);
    let gap = if after { 4 } else { 130 };
    c.rect(180 + x, 250, 270 - gap, 870, [176, 182, 190]);
    c.rect(450 + gap + x, 250, 270 - gap, 870, [168, 174, 182]);
    for n in 0..3 {
        c.rect(200 + x + n * 40, 260, 6, 850, [196, 202, 208]);
        c.rect(690 + x - n * 40, 260, 6, 850, [196, 202, 208]);
    }
    c.rect(380 + x, 120, 140, 80, DARK);
    if after {
        c.triangle(450 + x, 136, 34, GREEN);
    } else {
        c.cross(450 + x, 160, 26, RED);
    }
    c.rect(790 + x, 640, 60, 130, [120, 124, 130]);
    c.circle(820 + x, 705, 20, if after { GREEN } else { RED });
    c.rect(0, 1120, 900, 80, [120, 110, 98]);
}

/// A landing full of bags, or washed.
fn rubbish(c: &mut Canvas, rng: &mut Rng, tint: i16, after: bool) {
    c.gradient([206, 212, 200], [184, 190, 176], tint);
    c.rect(0, 380, 900, 420, [110, 146, 130]);
    c.rect(0, 800, 900, 400, if after { [198, 190, 176] } else { [150, 142, 128] });
    c.rect(600, 160, 230, 640, WOOD);
    c.circle(640, 500, 16, YELLOW);
    if after {
        c.rect(140, 860, 170, 190, [60, 120, 190]);
        c.ellipse(225, 860, 85, 22, [150, 195, 230]);
        c.line((420, 300), (380, 1060), 16, WOOD);
        c.ellipse(380, 1075, 90, 26, WHITE);
        c.ellipse(600, 1040, 190, 24, [226, 220, 208]);
        return;
    }
    for (bx, by, size) in [(210, 950, 130), (380, 1010, 110), (120, 1070, 90), (540, 960, 95)] {
        let shade = u8::try_from(rng.between(28, 62)).unwrap_or(40);
        c.circle(bx, by, size, [shade, shade, shade + 6]);
        c.triangle(bx, by - size - 30, 30, [shade, shade, shade + 6]);
    }
    for n in 0..12 {
        let (px, py) = (rng.between(40, 820), rng.between(1040, 1170));
        let paper = if n % 3 == 0 { YELLOW } else { WHITE };
        c.rect(i32::try_from(px).unwrap_or(0), i32::try_from(py).unwrap_or(0), 46, 22, paper);
    }
}

/// A door: the lock torn off, or new.
fn lock(c: &mut Canvas, x: i32, tint: i16, after: bool) {
    c.gradient([150, 104, 66], [118, 80, 48], tint);
    for n in 0..6 {
        c.rect(n * 150, 0, 6, 1200, [96, 64, 38]);
    }
    c.rect(300 + x, 330, 260, 560, if after { [200, 204, 210] } else { [120, 112, 102] });
    c.circle(430 + x, 450, 74, if after { [228, 206, 120] } else { [92, 84, 74] });
    c.circle(430 + x, 740, 52, DARK);
    c.rect(418 + x, 740, 24, 100, DARK);
    if after {
        c.rect(430 + x, 426, 270, 48, [236, 214, 128]);
        c.circle(700 + x, 450, 24, [236, 214, 128]);
    } else {
        c.line((430 + x, 450), (610 + x, 690), 42, [92, 84, 74]);
        c.line((300 + x, 330), (360 + x, 620), 6, DARK);
        c.line((360 + x, 620), (320 + x, 890), 6, DARK);
        c.cross(680 + x, 300, 44, RED);
    }
}

/// A swing in the yard: hanging by one chain, or whole.
fn swing(c: &mut Canvas, x: i32, tint: i16, after: bool) {
    c.gradient([168, 205, 235], [218, 232, 240], tint);
    c.rect(0, 300, 250, 520, [206, 190, 164]);
    for row in 0..5 {
        for col in 0..3 {
            c.rect(24 + col * 76, 330 + row * 96, 46, 58, [120, 150, 178]);
        }
    }
    c.rect(0, 800, 900, 400, [122, 160, 88]);
    c.circle(800, 520, 130, [86, 140, 74]);
    c.rect(782, 620, 36, 200, WOOD);
    let frame = if after { [210, 70, 56] } else { [140, 92, 70] };
    c.line((260 + x, 1040), (360 + x, 420), 26, frame);
    c.line((460 + x, 1040), (360 + x, 420), 26, frame);
    c.line((700 + x, 1040), (620 + x, 420), 26, frame);
    c.rect(340 + x, 408, 300, 26, frame);
    c.line((430 + x, 430), (430 + x, 860), 7, DARK);
    if after {
        c.line((550 + x, 430), (550 + x, 860), 7, DARK);
        c.rect(400 + x, 856, 180, 30, YELLOW);
    } else {
        c.line((550 + x, 430), (560 + x, 560), 7, DARK);
        c.line((420 + x, 850), (560 + x, 1040), 26, YELLOW);
    }
}

/// Letterboxes in the entrance: one broken open, or all shut.
fn letterboxes(c: &mut Canvas, x: i32, tint: i16, after: bool) {
    c.gradient([218, 212, 198], [196, 190, 176], tint);
    for row in 0..4 {
        for col in 0..3 {
            let (left, top) = (150 + x + col * 210, 260 + row * 190);
            let broken = !after && row == 1 && col == 1;
            c.rect(left, top, 190, 170, if broken { DARK } else { [74, 112, 150] });
            if broken {
                c.line((left, top), (left - 50, top + 150), 18, [74, 112, 150]);
                c.rect(left + 30, top + 90, 120, 60, WHITE);
            } else {
                c.rect(left + 30, top + 36, 130, 14, DARK);
                c.circle(left + 95, top + 116, 13, STEEL);
            }
        }
    }
    if !after {
        c.line((40, 120), (330, 240), 7, [120, 112, 100]);
        c.line((330, 240), (420, 170), 7, [120, 112, 100]);
    }
    c.rect(0, 1080, 900, 120, [150, 140, 124]);
}
