//! A film of the flight: a PNG that moves, small enough for the first page of a book.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use color_quant::NeuQuant;
use png::{BitDepth, BlendOp, ColorType, Encoder, EncodingError};

/// One picture of so many is kept.
pub(crate) const EVERY: u64 = 3;
/// A kept picture has one pixel for a square of so many by so many.
const SHRINK: usize = 2;
/// A pixel whose red, green and blue have changed by no more than this stays as it is: the sky drifts
/// slowly, and nearly all of the film would be sky.
const STILL: u8 = 9;
/// The colour of a pixel that stays as it is; the other 255 are colours.
const UNCHANGED: u8 = 255;

type Rgb = [u8; 3];

/// The pictures that have been kept.
#[derive(Default)]
pub(crate) struct Film {
    size: (usize, usize),
    frames: Vec<Vec<Rgb>>,
}

impl Film {
    /// Keeps a picture: `pixel` tells the colour at a column and a row.
    pub(crate) fn keep(&mut self, size: (usize, usize), pixel: impl Fn(usize, usize) -> Rgb) {
        // A window that changes its size in the middle of a film is shown as at first, cut or padded.
        if self.frames.is_empty() {
            self.size = (size.0 / SHRINK, size.1 / SHRINK);
        }
        let (width, height) = self.size;
        let shrunk = |x: usize, y: usize| {
            let square = (0..SHRINK * SHRINK).map(|n| {
                let (x, y) = (x * SHRINK + n % SHRINK, y * SHRINK + n / SHRINK);
                if x < size.0 && y < size.1 { pixel(x, y) } else { [0; 3] }
            });
            let sum = square.fold([0; 3], |sum: [usize; 3], pixel| {
                [0, 1, 2].map(|channel| sum[channel] + usize::from(pixel[channel]))
            });
            sum.map(|sum| (sum / (SHRINK * SHRINK)) as u8)
        };
        self.frames.push((0..width * height).map(|n| shrunk(n % width, n / width)).collect());
    }

    /// Writes the film, which starts again at its end for ever.
    ///
    /// # Errors
    ///
    /// A film without a picture, and a file that can't be written.
    pub(crate) fn save(&self, path: &Path) -> io::Result<()> {
        let (width, height) = self.size;
        let frames = u32::try_from(self.frames.len()).map_err(io::Error::other)?;
        if frames == 0 || width == 0 || height == 0 {
            return Err(io::Error::other("the flight ended before the film began"));
        }
        let mut sample = Vec::new();
        for [red, green, blue] in self.frames.iter().flatten() {
            sample.extend([*red, *green, *blue, 255]);
        }
        let colors = NeuQuant::new(10, usize::from(UNCHANGED), &sample);
        let mut palette = colors.color_map_rgb();
        palette.resize(3 * 256, 0);
        let mut opacity = vec![255; 256];
        opacity[usize::from(UNCHANGED)] = 0;

        let file = BufWriter::new(File::create(path)?);
        let mut encoder = Encoder::new(file, width as u32, height as u32);
        encoder.set_color(ColorType::Indexed);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_palette(palette);
        encoder.set_trns(opacity);
        encoder.set_compression(png::Compression::Best);
        encoder.set_animated(frames, 0)?;
        encoder.set_frame_delay(EVERY as u16, 60)?;
        encoder.set_blend_op(BlendOp::Over)?;
        let write = || -> Result<(), EncodingError> {
            let mut writer = encoder.write_header()?;
            let mut shown = None;
            for frame in &self.frames {
                let indices = changed(shown, frame, &colors);
                writer.write_image_data(&indices.0)?;
                shown = Some(indices.1);
            }
            writer.finish()
        };
        Ok(write()?)
    }
}

/// A picture as indices of colours, as far as it differs from the one that is shown; and what is
/// shown then.
fn changed(shown: Option<Vec<Rgb>>, frame: &[Rgb], colors: &NeuQuant) -> (Vec<u8>, Vec<Rgb>) {
    let is_still = |one: Rgb, other: Rgb| {
        one.iter().zip(other).all(|(one, other)| one.abs_diff(other) <= STILL)
    };
    let pixels = frame.iter().enumerate().map(|(n, &pixel)| match &shown {
        Some(shown) if is_still(shown[n], pixel) => (UNCHANGED, shown[n]),
        _ => {
            let [red, green, blue] = pixel;
            (colors.index_of(&[red, green, blue, 255]) as u8, pixel)
        }
    });
    pixels.unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a viewer shows after each picture of a film.
    fn play(path: &Path) -> Vec<Vec<u8>> {
        let mut reader = png::Decoder::new(io::BufReader::new(File::open(path).unwrap()));
        reader.set_transformations(png::Transformations::EXPAND);
        let mut reader = reader.read_info().unwrap();
        let control = *reader.info().animation_control().unwrap();
        let mut shown = vec![0; reader.output_buffer_size() / 4 * 3];
        let mut buffer = vec![0; reader.output_buffer_size()];
        let picture = |_| {
            reader.next_frame(&mut buffer).unwrap();
            for (pixel, shown) in buffer.chunks(4).zip(shown.chunks_mut(3)) {
                if pixel[3] > 0 {
                    shown.copy_from_slice(&pixel[..3]);
                }
            }
            shown.clone()
        };
        (0..control.num_frames).map(picture).collect()
    }

    #[test]
    fn a_film_shows_what_was_kept() {
        let mut film = Film::default();
        for step in 0..3 {
            film.keep(
                (16, 8),
                |x, y| if x / 2 == step && y < 4 { [250, 0, 0] } else { [0, 0, 40] },
            );
        }
        let path = std::env::temp_dir().join(format!("film-{}.png", std::process::id()));
        film.save(&path).unwrap();
        let pictures = play(&path);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(pictures.len(), 3);
        for (step, picture) in pictures.iter().enumerate() {
            let red: Vec<usize> = (0..8 * 4).filter(|n| picture[3 * n] > 125).collect();
            assert_eq!(red, [step, step + 8], "picture {step}");
        }
    }

    #[test]
    fn what_hardly_changes_is_not_written_again() {
        let colors = NeuQuant::new(1, 255, &[[10, 20, 30, 255]; 64].concat());
        let (_, shown) = changed(None, &[[10, 20, 30], [10, 20, 30]], &colors);
        let (indices, shown) = changed(Some(shown), &[[19, 20, 30], [20, 20, 30]], &colors);
        assert_eq!(indices[0], UNCHANGED);
        assert_ne!(indices[1], UNCHANGED);
        assert_eq!(shown, [[10, 20, 30], [20, 20, 30]]);
    }

    #[test]
    fn a_film_without_a_picture_is_an_error() {
        let error = Film::default().save(Path::new("never-written.png")).unwrap_err();
        assert_eq!(error.to_string(), "the flight ended before the film began");
    }
}
