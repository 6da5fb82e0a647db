//! Many modules in a row, and what is kept of those on which the engines differ.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use ch09_module::Module;

use crate::{Feature, Partner, Recipe, Rng, Tally, compare};

/// How many smaller modules are tried where two engines differ.
const TRIES: usize = 400;

/// A module on which the tree engine and a partner differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The partner.
    pub partner: Partner,
    /// The seed that the module and the arguments come from.
    pub seed: u64,
    /// How they differ.
    pub what: String,
    /// The module, in the binary format.
    pub module: Vec<u8>,
}

/// Compares the tree engine on the module of a seed with each partner that has all its features. Where they differ, a smaller
/// module on which they differ too is looked for.
///
/// # Errors
///
/// The first partner that differs, and the module.
pub fn check(
    seed: u64,
    features: &[Feature],
    partners: &[Partner],
    tally: &mut Tally,
) -> Result<(), Difference> {
    let recipe = Recipe::new(&mut Rng::new(seed), features);
    let module = recipe.module();
    for &partner in partners.iter().filter(|partner| partner.has(&recipe.features)) {
        if let Err(what) = check_module(seed, &module, partner, tally) {
            let mut difference = Difference { partner, seed, what, module };
            shrink(recipe, &mut difference);
            return Err(difference);
        }
    }
    Ok(())
}

/// Compares the tree engine and a partner on a module, with the arguments of a seed.
///
/// # Errors
///
/// Says how they differ. That one of them panics is a difference too.
pub fn check_module(
    seed: u64,
    module: &[u8],
    partner: Partner,
    tally: &mut Tally,
) -> Result<(), String> {
    // Other random numbers than those that made the module.
    let mut rng = Rng::new(seed ^ 1 << 63);
    let outcome = catch_unwind(AssertUnwindSafe(|| compare(partner, module, &mut rng, tally)));
    outcome.unwrap_or_else(|panic| Err(format!("a panic: {}", message(&*panic))))
}

/// What a panic says.
pub fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it does not say why")
}

/// Makes the module smaller, as long as the engines differ: leaves out parts of the random bytes, and takes zeros for others.
fn shrink(mut recipe: Recipe, difference: &mut Difference) {
    let mut tries = TRIES;
    let mut length = recipe.entropy.len() / 2;
    while length > 0 {
        let mut start = 0;
        while start < recipe.entropy.len() {
            let part = start..(start + length).min(recipe.entropy.len());
            let mut shorter = recipe.clone();
            shorter.entropy.drain(part.clone());
            let mut zeroed = recipe.clone();
            zeroed.entropy[part].fill(0);
            let smaller = [shorter, zeroed].into_iter().find_map(|smaller| {
                tries = tries.checked_sub(1)?;
                let module = smaller.module();
                if module.len() >= difference.module.len() {
                    return None;
                }
                let Difference { seed, partner, .. } = *difference;
                let what = check_module(seed, &module, partner, &mut Tally::default()).err()?;
                Some((smaller, what, module))
            });
            match smaller {
                Some((smaller, what, module)) => {
                    recipe = smaller;
                    difference.what = what;
                    difference.module = module;
                }
                None => start += length,
            }
        }
        length /= 2;
    }
}

impl Difference {
    /// The module in the text format, as far as our decoder reads it.
    pub fn text(&self) -> String {
        match Module::from_binary(&self.module) {
            Ok(module) => module.to_string(),
            Err(error) => format!(";; not decoded: {error}\n"),
        }
    }

    /// Writes the module to two files of a folder, in the binary format and in the text format, and says which.
    ///
    /// # Errors
    ///
    /// What the operating system says.
    pub fn keep(&self, folder: &Path) -> io::Result<[PathBuf; 2]> {
        fs::create_dir_all(folder)?;
        let file = |extension| folder.join(format!("seed-{}.{extension}", self.seed));
        let (binary, text) = (file("wasm"), file("wat"));
        fs::write(&binary, &self.module)?;
        let what = self.what.replace('\n', "\n;; ");
        fs::write(&text, format!(";; seed {}: {what}\n{}", self.seed, self.text()))?;
        Ok([binary, text])
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}, {:?}: {}", self.seed, self.partner, self.what)
    }
}
