//! The picture of the window in a task bar.

use macroquad::miniquad::conf::Icon;

/// A rocket on a blue disc. `#` is the hull, `o` the porthole, `r` the fins, `f` the flame, `.` the sky.
const ROCKET: [&str; 16] = [
    "     ......     ",
    "   ....##....   ",
    "  .....##.....  ",
    " .....####..... ",
    " .....####..... ",
    ".....##oo##.....",
    ".....##oo##.....",
    ".....######.....",
    "....r######r....",
    "...rr######rr...",
    "...rr.####.rr...",
    " ..r..####..r.. ",
    " ......ff...... ",
    "  ....ffff....  ",
    "   ....ff....   ",
    "     ......     ",
];

fn color(mark: u8) -> [u8; 4] {
    match mark {
        b'#' => [226, 236, 255, 255],
        b'o' => [70, 180, 230, 255],
        b'r' => [240, 96, 84, 255],
        b'f' => [255, 190, 80, 255],
        b'.' => [18, 34, 78, 255],
        _ => [0; 4],
    }
}

/// The icon in its three sizes.
pub(crate) fn icon() -> Icon {
    Icon {
        small: drawn::<16, { 16 * 16 * 4 }>(),
        medium: drawn::<32, { 32 * 32 * 4 }>(),
        big: drawn::<64, { 64 * 64 * 4 }>(),
    }
}

/// The picture with `SIDE` pixels in a row.
fn drawn<const SIDE: usize, const BYTES: usize>() -> [u8; BYTES] {
    let zoom = SIDE / ROCKET.len();
    std::array::from_fn(|byte| {
        let (row, column) = (byte / 4 / SIDE / zoom, byte / 4 % SIDE / zoom);
        color(ROCKET[row].as_bytes()[column])[byte % 4]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_as_wide_as_the_picture_is_high() {
        assert!(ROCKET.iter().all(|row| row.len() == ROCKET.len()));
    }

    #[test]
    fn the_sizes_show_the_same() {
        let icon = icon();
        for (row, column) in [(0, 0), (5, 7), (9, 3), (13, 8)] {
            let at = |side: usize, zoom: usize| 4 * (row * zoom * side + column * zoom);
            assert_eq!(icon.small[at(16, 1)..][..4], icon.medium[at(32, 2)..][..4]);
            assert_eq!(icon.small[at(16, 1)..][..4], icon.big[at(64, 4)..][..4]);
        }
        assert_eq!(icon.small[..4], [0; 4]);
    }
}
