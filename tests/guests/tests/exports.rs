//! Guests without WASI: a host calls what they export. Every machine must come to the same.

use ch22_embed::{Caller, Config, Engine, Instance, Linker, Module, Store, Strategy};

const LIFE: &[u8] = include_bytes!("../modules/life.wasm");
const MANDELBROT: &[u8] = include_bytes!("../modules/mandelbrot.wasm");
const MARK: &[u8] = include_bytes!("../modules/mark.wasm");

/// An instance of a module, and what its host has, on one machine.
struct Guest<T: 'static> {
    store: Store<T>,
    instance: Instance,
}

/// An instance on each of the machines.
fn on_every_machine<T: 'static>(
    module: &[u8],
    data: impl Fn() -> T,
    link: impl Fn(&mut Linker<T>),
) -> impl Iterator<Item = (&'static str, Guest<T>)> {
    Strategy::ALL.into_iter().map(move |strategy| {
        let engine = Engine::new(Config::new().strategy(strategy));
        let module = Module::new(&engine, module).unwrap();
        let mut linker = Linker::new(&engine);
        link(&mut linker);
        let mut store = Store::new(&engine, data());
        let instance = linker.instantiate(&mut store, &module).unwrap();
        (strategy.name(), Guest { store, instance })
    })
}

/// What `mark` computes, in the words of Rust's library: its sort, and its way with text.
mod expected {
    struct Random(u32);

    impl Random {
        fn next(&mut self) -> u32 {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            self.0 >> 16
        }
    }

    struct Crc(u16);

    impl Crc {
        fn add(&mut self, word: u32) {
            for bit in 0..32 {
                let odd = (u32::from(self.0) ^ (word >> bit)) & 1 == 1;
                self.0 = (self.0 >> 1) ^ if odd { 0xa001 } else { 0 };
            }
        }
    }

    const SAMPLE: &str =
        "12 -7 +3.5 1e9 .25 5. 6e-2 e4 1.2.3 -+4 8e 0.1e+1 2024 -.5e3 x9 . 1e2.5 + 77 3..1";

    /// 0 for an integer, 1 for a number with a point, 2 for one with a power of ten, 3 for what is no number.
    fn kind(word: &str) -> usize {
        let unsigned = |word: &str| word.strip_prefix(['+', '-']).unwrap_or(word).to_owned();
        let digits = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
        let (number, power) = match word.split_once('e') {
            Some((number, power)) => (unsigned(number), Some(unsigned(power))),
            None => (unsigned(word), None),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
        let right = digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
        match power {
            _ if !right => 3,
            Some(power) if power.is_empty() || !digits(&power) => 3,
            Some(_) => 2,
            None => usize::from(number.contains('.')),
        }
    }

    pub fn mark(rounds: i32) -> i32 {
        let (mut random, mut crc, mut text) = (Random(1), Crc(0), SAMPLE.to_owned().into_bytes());
        for _ in 0..rounds {
            let mut list: Vec<u32> = (0..200).map(|_| random.next()).collect();
            for _ in 0..20 {
                let wanted = random.next() as u8;
                let found = list.iter().position(|value| *value as u8 == wanted);
                crc.add(found.unwrap_or(list.len()) as u32);
            }
            list.sort_by_key(|value| *value as u8);
            list.into_iter().for_each(|value| crc.add(value));

            let (mut left, mut right) = ([[0u32; 12]; 12], [[0u32; 12]; 12]);
            for row in 0..12 {
                for column in 0..12 {
                    left[row][column] = random.next().wrapping_mul(40_503);
                    right[row][column] = random.next() + row as u32;
                }
            }
            for row in left {
                for column in 0..12 {
                    let products = row.iter().zip(right).map(|(a, b)| a.wrapping_mul(b[column]));
                    crc.add(products.fold(0, u32::wrapping_add));
                }
            }

            let place = random.next() as usize % text.len();
            text[place] = b"0123456789+-.e x"[random.next() as usize % 16];
            let mut counts = [0; 4];
            for word in str::from_utf8(&text).unwrap().split_ascii_whitespace() {
                counts[kind(word)] += 1;
            }
            counts.into_iter().for_each(|count| crc.add(count));
        }
        i32::from(crc.0)
    }
}

#[test]
fn mark_comes_to_the_same_crc_everywhere() {
    const ROUNDS: [i32; 4] = [0, 1, 2, 30];
    let expected = ROUNDS.map(expected::mark);
    for (machine, Guest { mut store, instance }) in on_every_machine(MARK, || (), |_| ()) {
        let run = instance.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
        let found = ROUNDS.map(|rounds| run.call(&mut store, rounds).unwrap());
        assert_eq!(found, expected, "on {machine}");
    }
    let engine = wasmi::Engine::default();
    let module = wasmi::Module::new(&engine, MARK).unwrap();
    let mut store = wasmi::Store::new(&engine, ());
    let instance = wasmi::Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
    let run = instance.get_typed_func::<i32, i32>(&store, "run").unwrap();
    let found = ROUNDS.map(|rounds| run.call(&mut store, rounds).unwrap());
    assert_eq!(found, expected, "on wasmi");
}

#[test]
fn life_lets_a_glider_fly() {
    const SIZE: i32 = 8;
    const GLIDER: [(i32, i32); 5] = [(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)];
    for (machine, Guest { mut store, instance }) in on_every_machine(LIFE, || (), |_| ()) {
        let start = instance.get_typed_func::<(i32, i32), ()>(&mut store, "start").unwrap();
        let set = instance.get_typed_func::<(i32, i32, i32), ()>(&mut store, "set").unwrap();
        let get = instance.get_typed_func::<(i32, i32), i32>(&mut store, "get").unwrap();
        let step = instance.get_typed_func::<(), ()>(&mut store, "step").unwrap();
        start.call(&mut store, (SIZE, SIZE)).unwrap();
        for (x, y) in GLIDER {
            set.call(&mut store, (x, y, 1)).unwrap();
        }
        // Four generations take it one place to the right and one down. Where the board ends it comes back in.
        for moved in 0..=SIZE {
            let mut expected = GLIDER.map(|(x, y)| ((y + moved) % SIZE, (x + moved) % SIZE));
            expected.sort_unstable();
            let places = (0..SIZE).flat_map(|y| (0..SIZE).map(move |x| (y, x)));
            let alive = places.filter(|&(y, x)| get.call(&mut store, (x, y)).unwrap() != 0);
            assert_eq!(alive.collect::<Vec<_>>(), expected, "on {machine}, after {moved}");
            for _ in 0..4 {
                step.call(&mut store, ()).unwrap();
            }
        }
    }
}

#[test]
fn mandelbrot_prints_its_picture() {
    let picture = [
        "          .....,,,,,,,,,,,,,,:::*;;::,,,,.......",
        "        ....,,,,,,,,,,,,,:::::;;*###+::::,,,....",
        "       ..,,,,,,,,,,,,,:::::;;+*##@@##+;;:::,,,,.",
        "      .,,,,,,,,,,,,::::;;+#######@@####**#+:,,,,",
        "     .,,,,,,,,,::;;;;;;++%##@@@@@@@@@@@@@#*;:,,,",
        "     ,,,,::::;+%%**#%**%##@@@@@@@@@@@@@@@##%;:,,",
        "    ,:::::;;;+*%#@@@@@###@@@@@@@@@@@@@@@@@#+;::,",
        "    :;;;+++*%###@@@@@@@@@@@@@@@@@@@@@@@@@@*;;::,",
        "    :;;;+++*%###@@@@@@@@@@@@@@@@@@@@@@@@@@*;;::,",
        "    ,:::::;;;+*%#@@@@@###@@@@@@@@@@@@@@@@@#+;::,",
        "     ,,,,::::;+%%**#%**%##@@@@@@@@@@@@@@@##%;:,,",
        "     .,,,,,,,,,::;;;;;;++%##@@@@@@@@@@@@@#*;:,,,",
        "      .,,,,,,,,,,,,::::;;+#######@@####**#+:,,,,",
        "       ..,,,,,,,,,,,,,:::::;;+*##@@##+;;:::,,,,.",
        "        ....,,,,,,,,,,,,,:::::;;*###+::::,,,....",
        "          .....,,,,,,,,,,,,,,:::*;;::,,,,.......",
    ];
    let link = |linker: &mut Linker<String>| {
        let put = |mut caller: Caller<'_, String>, letter: u32| {
            caller.data_mut().push(char::from_u32(letter).unwrap());
        };
        linker.func_wrap("env", "put", put).unwrap();
    };
    for (machine, mut guest) in on_every_machine(MANDELBROT, String::new, link) {
        let draw =
            guest.instance.get_typed_func::<(u32, u32), ()>(&mut guest.store, "draw").unwrap();
        draw.call(&mut guest.store, (48, 16)).unwrap();
        let printed = guest.store.into_data();
        assert_eq!(printed.lines().map(str::trim_end).collect::<Vec<_>>(), picture, "on {machine}");
        assert!(printed.lines().all(|line| line.len() == 48) && printed.ends_with('\n'));
    }
}
