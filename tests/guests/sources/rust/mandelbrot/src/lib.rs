//! mandelbrot: the Mandelbrot set in letters, which the host prints.
#![no_std]

use core::panic::PanicInfo;

mod env {
    #[link(wasm_import_module = "env")]
    unsafe extern "C" {
        /// Prints a letter.
        pub safe fn put(letter: u32);
    }
}

/// The sooner a point escapes, the paler it is. The last letter is for points that don't.
const LETTERS: &[u8] = b" .,:;+*%#@";

/// A point that hasn't escaped after so many steps never does.
const LIMIT: usize = 200;

/// Prints the picture, row by row, each with a line's end.
#[unsafe(no_mangle)]
pub extern "C" fn draw(columns: u32, rows: u32) {
    for row in 0..rows {
        let y = 1.2 - 2.4 * (f64::from(row) + 0.5) / f64::from(rows);
        for column in 0..columns {
            let x = 3.0 * (f64::from(column) + 0.5) / f64::from(columns) - 2.25;
            env::put(letter(steps(x, y)));
        }
        env::put(u32::from(b'\n'));
    }
}

/// After how many steps a point escapes, or the limit.
fn steps(x: f64, y: f64) -> usize {
    let (mut re, mut im) = (0.0, 0.0);
    for step in 0..LIMIT {
        (re, im) = (re * re - im * im + x, 2.0 * re * im + y);
        if re * re + im * im > 4.0 {
            return step;
        }
    }
    LIMIT
}

fn letter(steps: usize) -> u32 {
    let last = LETTERS.len() - 1;
    let at = if steps == LIMIT { last } else { steps.min(last - 1) };
    u32::from(LETTERS[at])
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    // Clippy checks this on other processors, too.
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    loop {}
}
