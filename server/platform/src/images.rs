//! Photographs from phones: decoded with limits, turned upright, stripped of metadata and made small.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use tokio::sync::Semaphore;

const MAX_SIDE: u32 = 12_000;
const MAX_ALLOC: u64 = 128 * 1024 * 1024;
const FULL_SIDE: u32 = 2048;
const THUMB_SIDE: u32 = 320;
const QUALITY: u8 = 82;

/// Decoding is memory-hungry: at most two pictures at a time in this process.
static ROOM: Semaphore = Semaphore::const_new(2);

/// A processed photograph. Sizes in pixels, of `full`.
#[derive(Clone, Debug)]
pub struct Photo {
    /// JPEG, longest side at most 2048.
    pub full: Bytes,
    /// JPEG, longest side at most 320.
    pub thumb: Bytes,
    /// Width of `full`.
    pub width: u32,
    /// Height of `full`.
    pub height: u32,
}

/// A part of a picture: from the upper left corner, in thousandths of its width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// From the left edge.
    pub x: u16,
    /// From the upper edge.
    pub y: u16,
    /// Width.
    pub w: u16,
    /// Height.
    pub h: u16,
}

/// Why bytes did not become a photograph.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// More pixels than we decode.
    #[error("the picture is too large")]
    TooLarge,
    /// Not a JPEG, PNG or WebP.
    #[error("the file is not a JPEG, PNG or WebP picture")]
    NotAnImage,
    /// It begins like a picture but cannot be decoded.
    #[error("the picture is damaged: {0}")]
    Broken(String),
}

/// Makes a photograph of uploaded bytes, off the async threads.
///
/// # Errors
/// When the bytes are no picture, too many pixels or damaged.
pub async fn process_photo(bytes: Vec<u8>) -> Result<Photo, PhotoError> {
    in_turn(move || finish(read(&bytes)?)).await
}

/// Paints parts of a photograph black, off the async threads. Both pictures are made anew of what is left, so nothing of what was
/// there is in either.
///
/// # Errors
/// As [`process_photo`].
pub async fn redact_photo(bytes: Vec<u8>, parts: Vec<Part>) -> Result<Photo, PhotoError> {
    in_turn(move || {
        let mut picture = read(&bytes)?;
        for part in parts {
            blacken(&mut picture, part);
        }
        finish(picture)
    })
    .await
}

/// Does it on a thread of its own, when there is room.
async fn in_turn(make: impl FnOnce() -> Result<Photo, PhotoError> + Send + 'static) -> Result<Photo, PhotoError> {
    let permit = ROOM.acquire().await.map_err(|error| PhotoError::Broken(error.to_string()))?;
    let done = tokio::task::spawn_blocking(move || {
        // Held by the thread: a caller that goes away does not make room for a third.
        let _permit = permit;
        make()
    });
    done.await.map_err(|error| PhotoError::Broken(error.to_string()))?
}

/// Makes a photograph of pixels we drew ourselves, three bytes each, row by row.
///
/// # Errors
/// When there are fewer bytes than pixels.
pub async fn process_pixels(width: u32, height: u32, rgb: Vec<u8>) -> Result<Photo, PhotoError> {
    let done = tokio::task::spawn_blocking(move || {
        let drawn = RgbImage::from_raw(width, height, rgb);
        finish(drawn.ok_or_else(|| PhotoError::Broken("too few pixels".to_owned()))?)
    });
    done.await.map_err(|error| PhotoError::Broken(error.to_string()))?
}

/// Decodes, shrinks and turns.
fn read(bytes: &[u8]) -> Result<RgbImage, PhotoError> {
    let format = sniff(bytes).ok_or(PhotoError::NotAnImage)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    // Not every codec counts its output buffer against the limit.
    if decoder.total_bytes() > MAX_ALLOC {
        return Err(PhotoError::TooLarge);
    }
    let orientation = decoder.orientation().map_err(refused)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    // Shrunk before it is turned: a quarter of the memory for a large photograph.
    if picture.width().max(picture.height()) > FULL_SIDE {
        picture = picture.resize(FULL_SIDE, FULL_SIDE, FilterType::Triangle);
    }
    picture.apply_orientation(orientation);
    Ok(flatten(picture))
}

/// Every pixel that the part touches.
fn blacken(picture: &mut RgbImage, part: Part) {
    let (width, height) = picture.dimensions();
    let span = |from: u16, length: u16, side: u32| {
        let (first, end) = (u32::from(from) * side, (u32::from(from) + u32::from(length)) * side);
        (first / 1000)..end.div_ceil(1000).min(side)
    };
    for y in span(part.y, part.h, height) {
        for x in span(part.x, part.w, width) {
            picture.put_pixel(x, y, Rgb([0, 0, 0]));
        }
    }
}

fn finish(full: RgbImage) -> Result<Photo, PhotoError> {
    let (width, height) = full.dimensions();
    let full = DynamicImage::ImageRgb8(full);
    let thumb = if width.max(height) > THUMB_SIDE { full.thumbnail(THUMB_SIDE, THUMB_SIDE) } else { full.clone() };
    Ok(Photo { full: jpeg(&full)?, thumb: jpeg(&thumb)?, width, height })
}

fn sniff(bytes: &[u8]) -> Option<ImageFormat> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some(ImageFormat::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(ImageFormat::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// JPEG has no transparency: what shines through is white, as on the page.
fn flatten(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let source = picture.into_rgba8();
    RgbImage::from_fn(source.width(), source.height(), |x, y| {
        let [r, g, b, alpha] = source.get_pixel(x, y).0;
        let over_white = |part: u8| {
            let mixed = (u16::from(part) * u16::from(alpha) + 255 * (255 - u16::from(alpha))) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Rgb([r, g, b].map(over_white))
    })
}

fn jpeg(picture: &DynamicImage) -> Result<Bytes, PhotoError> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, QUALITY).encode_image(picture).map_err(refused)?;
    Ok(out.into())
}

fn refused(error: ImageError) -> PhotoError {
    match error {
        ImageError::Limits(_) => PhotoError::TooLarge,
        other => PhotoError::Broken(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    /// A JPEG with an EXIF block that says "turn by 90 degrees" and names a camera.
    fn with_exif(jpeg: &[u8]) -> Vec<u8> {
        let mut tiff = b"MM\0*\0\0\0\x08\0\x02".to_vec();
        tiff.extend(b"\x01\x0f\0\x02\0\0\0\x07\0\0\0\x26"); // make: 7 bytes at 38
        tiff.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"); // orientation 6
        tiff.extend(b"\0\0\0\0CAMERA\0");
        let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
        [&jpeg[..2], b"\xff\xe1", &length, b"Exif\0\0", &tiff, &jpeg[2..]].concat()
    }

    #[tokio::test]
    async fn photographs_are_turned_shrunk_and_stripped() {
        let mut wide = RgbImage::from_pixel(3000, 1000, Rgb([200, 200, 200]));
        for (x, _, pixel) in wide.enumerate_pixels_mut() {
            if x < 1500 {
                *pixel = Rgb([220, 20, 20]);
            }
        }
        let bytes = with_exif(&encoded(&DynamicImage::ImageRgb8(wide), ImageFormat::Jpeg));
        assert!(bytes.windows(6).any(|part| part == b"CAMERA"));
        let photo = process_photo(bytes).await.unwrap();
        assert!(photo.height == 2048 && photo.width < 700, "{}x{}", photo.width, photo.height);
        let full = image::load_from_memory(&photo.full).unwrap().into_rgb8();
        let top = full.get_pixel(300, 100).0;
        assert!(top[0] > 180 && top[1] < 80, "left became top: {top:?}");
        let thumb = image::load_from_memory(&photo.thumb).unwrap();
        assert_eq!(thumb.height(), 320);
        for part in [&photo.full, &photo.thumb] {
            assert!(!part.windows(4).any(|window| window == b"Exif" || window == b"CAME"));
        }
    }

    #[tokio::test]
    async fn png_and_webp_work_and_transparency_becomes_white() {
        let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(100, 80, Rgba([0, 0, 0, 0])));
        for format in [ImageFormat::Png, ImageFormat::WebP] {
            let photo = process_photo(encoded(&clear, format)).await.unwrap();
            assert_eq!((photo.width, photo.height), (100, 80));
            let full = image::load_from_memory(&photo.full).unwrap().into_rgb8();
            assert!(full.get_pixel(50, 40).0.iter().all(|part| *part > 250));
        }
    }

    #[tokio::test]
    async fn other_bytes_are_refused_by_kind() {
        assert!(matches!(process_photo(b"%PDF-1.7".to_vec()).await, Err(PhotoError::NotAnImage)));
        assert!(matches!(process_photo(Vec::new()).await, Err(PhotoError::NotAnImage)));
        let whole = encoded(&DynamicImage::ImageRgb8(RgbImage::new(64, 64)), ImageFormat::Png);
        assert!(matches!(process_photo(whole[..40].to_vec()).await, Err(PhotoError::Broken(_))));
        let wide = encoded(&DynamicImage::ImageRgb8(RgbImage::new(12_001, 1)), ImageFormat::Png);
        assert!(matches!(process_photo(wide).await, Err(PhotoError::TooLarge)));
        // 49 million pixels in a few kilobytes of grey PNG would be fine as grey, as RGB they are too many.
        let bomb = encoded(&DynamicImage::ImageRgb8(RgbImage::new(7000, 7000)), ImageFormat::Png);
        assert!(matches!(process_photo(bomb).await, Err(PhotoError::TooLarge)));
    }

    #[tokio::test]
    async fn parts_are_painted_over_in_both_pictures_and_the_rest_stays() {
        let byte = |part: u32| u8::try_from(part).unwrap();
        let drawn = RgbImage::from_fn(1000, 600, |x, y| Rgb([byte(x / 4), byte(y / 3), 180]));
        let photo = process_photo(encoded(&DynamicImage::ImageRgb8(drawn), ImageFormat::Png)).await.unwrap();
        let parts = [Part { x: 100, y: 250, w: 300, h: 300 }, Part { x: 900, y: 800, w: 100, h: 200 }];
        let redacted = redact_photo(photo.full.to_vec(), parts.to_vec()).await.unwrap();
        assert_eq!((redacted.width, redacted.height), (1000, 600));
        let open = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().into_rgb8();
        for (was, is) in [(&photo.full, &redacted.full), (&photo.thumb, &redacted.thumb)] {
            let (was, is) = (open(was), open(is));
            assert_eq!(was.dimensions(), is.dimensions());
            let (width, height) = is.dimensions();
            // A block of JPEG carries an edge eight pixels on: what is so near to one is not looked at.
            let within = |x: u32, y: u32, margin: i64| {
                let holds = |at: u32, from: u16, length: u16, side: u32| {
                    let edge = |at: u16| i64::from(u32::from(at) * side / 1000);
                    (edge(from) - margin..edge(from + length) + margin).contains(&i64::from(at))
                };
                parts.iter().any(|part| holds(x, part.x, part.w, width) && holds(y, part.y, part.h, height))
            };
            let (mut black, mut kept) = (0, 0);
            for (x, y, pixel) in is.enumerate_pixels() {
                if within(x, y, -8) {
                    assert!(pixel.0.iter().all(|part| *part < 8), "{x}, {y} is {pixel:?}");
                    black += 1;
                } else if !within(x, y, 8) {
                    let before = was.get_pixel(x, y).0;
                    let far = before.iter().zip(pixel.0).any(|(a, b)| a.abs_diff(b) > 16);
                    assert!(!far, "{x}, {y} was {before:?} and is {pixel:?}");
                    kept += 1;
                }
            }
            assert!(black > 0 && kept > black, "{black} and {kept} pixels were looked at");
        }
    }

    #[tokio::test]
    async fn a_whole_picture_can_be_hidden() {
        let white = DynamicImage::ImageRgb8(RgbImage::from_pixel(33, 17, Rgb([255, 255, 255])));
        let whole = vec![Part { x: 0, y: 0, w: 1000, h: 1000 }];
        let redacted = redact_photo(encoded(&white, ImageFormat::Jpeg), whole).await.unwrap();
        for bytes in [redacted.full, redacted.thumb] {
            let picture = image::load_from_memory(&bytes).unwrap().into_rgb8();
            assert!(picture.pixels().all(|pixel| pixel.0.iter().all(|part| *part < 4)));
        }
    }
}
