//! Pictures compared: which pixels differ, and a picture that shows them. Pure.

use std::io::Cursor;

use image::{ImageFormat, Rgba, RgbaImage};

use crate::browser::ClipArea;

/// The largest difference between two colours in the YIQ space ("Measuring perceived color
/// difference using YIQ", Kotsarenko and Ramos).
const MOST: f64 = 35215.0;

const MASK: Rgba<u8> = Rgba([255, 0, 255, 255]);
const DIFFERENT: Rgba<u8> = Rgba([255, 0, 0, 255]);

/// What a comparison came to.
pub(crate) enum Comparison {
    /// Other sizes: what was expected, what was found.
    Sizes((u32, u32), (u32, u32)),
    /// How many pixels differ, of how many; and a picture that shows them, as PNG.
    Pixels(u64, u64, Vec<u8>),
}

/// Compares two PNGs; colours nearer than `threshold` (0 to 1) count as the same.
pub(crate) fn compare(expected: &[u8], found: &[u8], threshold: f64) -> Result<Comparison, String> {
    let (expected, found) = (decode(expected)?, decode(found)?);
    if expected.dimensions() != found.dimensions() {
        return Ok(Comparison::Sizes(expected.dimensions(), found.dimensions()));
    }
    let (width, height) = expected.dimensions();
    let mut picture = RgbaImage::new(width, height);
    let mut count = 0;
    for ((x, y, wanted), seen) in expected.enumerate_pixels().zip(found.pixels()) {
        let is_same = wanted == seen || distance(*wanted, *seen) <= MOST * threshold * threshold;
        count += u64::from(!is_same);
        picture.put_pixel(x, y, if is_same { faint(*seen) } else { DIFFERENT });
    }
    Ok(Comparison::Pixels(count, u64::from(width) * u64::from(height), encode(&picture)?))
}

/// Paints over parts of a PNG; `scale` is its pixels for each CSS pixel.
pub(crate) fn mask(png: &[u8], areas: &[ClipArea], scale: f64) -> Result<Vec<u8>, String> {
    if areas.is_empty() {
        return Ok(png.to_vec());
    }
    let mut picture = decode(png)?;
    let (width, height) = picture.dimensions();
    for area in areas {
        for y in span(area.y, area.height, scale, height) {
            for x in span(area.x, area.width, scale, width) {
                picture.put_pixel(x, y, MASK);
            }
        }
    }
    encode(&picture)
}

/// Width of a PNG in pixels.
pub(crate) fn width(png: &[u8]) -> Result<u32, String> {
    Ok(decode(png)?.width())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the picture's size first")]
fn span(start: f64, length: f64, scale: f64, size: u32) -> std::ops::Range<u32> {
    let size = f64::from(size);
    let from = (start * scale).floor().clamp(0.0, size);
    let to = ((start + length) * scale).ceil().clamp(0.0, size);
    from as u32..to as u32
}

fn decode(png: &[u8]) -> Result<RgbaImage, String> {
    image::load_from_memory_with_format(png, ImageFormat::Png)
        .map(|picture| picture.to_rgba8())
        .map_err(|error| error.to_string())
}

fn encode(picture: &RgbaImage) -> Result<Vec<u8>, String> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).map_err(|error| error.to_string())?;
    Ok(bytes.into_inner())
}

fn distance(a: Rgba<u8>, b: Rgba<u8>) -> f64 {
    // Seen on white where it is transparent.
    let on_white = |colour: Rgba<u8>| {
        let alpha = f64::from(colour[3]) / 255.0;
        [0, 1, 2].map(|channel| 255.0 + (f64::from(colour[channel]) - 255.0) * alpha)
    };
    let ([r1, g1, b1], [r2, g2, b2]) = (on_white(a), on_white(b));
    let (red, green, blue) = (r1 - r2, g1 - g2, b1 - b2);
    let luma = 0.298_895_31 * red + 0.586_622_47 * green + 0.114_482_23 * blue;
    let in_phase = 0.595_977_99 * red - 0.274_171_6 * green - 0.321_801_89 * blue;
    let quadrature = 0.211_470_17 * red - 0.522_617_11 * green + 0.311_146_94 * blue;
    0.5053 * luma * luma + 0.299 * in_phase * in_phase + 0.1957 * quadrature * quadrature
}

/// What is the same, nearly white: the differences stand out.
fn faint(colour: Rgba<u8>) -> Rgba<u8> {
    let grey = u16::from(colour[0]) * 3 / 10 + u16::from(colour[1]) * 6 / 10 + u16::from(colour[2]) / 10;
    let grey = u8::try_from(230 + grey / 11).unwrap_or(255);
    Rgba([grey, grey, grey, 255])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(colour: Rgba<u8>) -> Vec<u8> {
        encode(&RgbaImage::from_pixel(4, 2, colour)).unwrap()
    }

    fn pixels(threshold: f64, other: Rgba<u8>) -> u64 {
        match compare(&picture(Rgba([10, 20, 30, 255])), &picture(other), threshold).unwrap() {
            Comparison::Pixels(count, 8, _) => count,
            _ => panic!("they have one size"),
        }
    }

    #[test]
    fn near_colours_are_the_same() {
        assert_eq!(pixels(0.2, Rgba([10, 20, 30, 255])), 0);
        assert_eq!(pixels(0.2, Rgba([12, 22, 31, 255])), 0);
        assert_eq!(pixels(0.0, Rgba([12, 22, 31, 255])), 8);
        assert_eq!(pixels(0.2, Rgba([250, 250, 30, 255])), 8);
    }

    #[test]
    fn what_is_masked_is_the_same() {
        let area = [ClipArea { x: 0.0, y: 0.0, width: 4.0, height: 2.0 }];
        let a = mask(&picture(Rgba([0, 0, 0, 255])), &area, 1.0).unwrap();
        let b = mask(&picture(Rgba([255, 255, 255, 255])), &area, 1.0).unwrap();
        assert!(matches!(compare(&a, &b, 0.0).unwrap(), Comparison::Pixels(0, ..)));
    }
}
