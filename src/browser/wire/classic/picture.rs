//! Cuts a part out of a PNG ([`cut`]): classic `WebDriver` takes pictures of the whole viewport.

use std::io::Cursor;

use crate::browser::page::ClipArea;

/// The part `clip` of a picture of a viewport `viewport_width` CSS pixels wide.
pub(super) fn cut(picture: &[u8], clip: ClipArea, viewport_width: f64) -> Result<Vec<u8>, String> {
    let mut decoder = png::Decoder::new(Cursor::new(picture));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    let size = reader.output_buffer_size().ok_or("the picture is too large")?;
    let mut pixels = vec![0; size];
    let info = reader.next_frame(&mut pixels).map_err(|error| error.to_string())?;

    let scale = if viewport_width > 0.0 { f64::from(info.width) / viewport_width } else { 1.0 };
    let (left, right) = span(clip.x, clip.width, scale, info.width);
    let (top, bottom) = span(clip.y, clip.height, scale, info.height);
    if left >= right || top >= bottom {
        return Err("no part of it is inside the viewport".to_owned());
    }
    let bytes = info.color_type.samples();
    let rows = pixels.chunks_exact(info.line_size).skip(top).take(bottom - top);
    let part: Vec<u8> = rows.flat_map(|row| &row[left * bytes..right * bytes]).copied().collect();

    let mut out = Vec::new();
    let length = |from: usize, to: usize| u32::try_from(to - from).expect("a part is no larger than the picture");
    let mut encoder = png::Encoder::new(&mut out, length(left, right), length(top, bottom));
    encoder.set_color(info.color_type);
    encoder.set_depth(info.bit_depth);
    let mut writer = encoder.write_header().map_err(|error| error.to_string())?;
    writer.write_image_data(&part).map_err(|error| error.to_string())?;
    writer.finish().map_err(|error| error.to_string())?;
    Ok(out)
}

/// First pixel and the one after the last, inside the picture; a pixel touched is a pixel taken.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the picture's size first")]
fn span(start: f64, length: f64, scale: f64, size: u32) -> (usize, usize) {
    let size = f64::from(size);
    let from = (start * scale).floor().clamp(0.0, size);
    let to = ((start + length) * scale).ceil().clamp(0.0, size);
    (from as usize, to as usize)
}
