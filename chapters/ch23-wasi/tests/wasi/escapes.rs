//! Random guests that try to get out: each does random things with nasty names,
//! and afterwards nothing outside has changed, and nothing from there was seen.
//!
//! `ESCAPES=100000 cargo test -p ch23-wasi --test wasi escapes -- --nocapture`
//! runs that many of them; `SEED=…` begins with another one.

use std::fs;

use crate::guest::{EVERYTHING, Guest, OUT};
use crate::sandbox::Place;

fn number(name: &str, otherwise: u64) -> u64 {
    let Ok(text) = std::env::var(name) else { return otherwise };
    text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text}"))
}

/// Names that a guest uses most of the time, so that there is much to find.
const USUAL: &[&str] = &["a", "b", "sub", "file", "link", ".."];

const NASTY: &[&str] = &[
    ".", "..", "", "c", "outside", "granted", "secret", "deep", "proc", "self",
    "root", "a\0b", "é", "...", " ", "*", "a\\..\\b", "C:", "NUL",
];

/// A path of one to six parts, some of them nasty.
fn path(random: &mut fastrand::Rng) -> Vec<u8> {
    let mut path = Vec::new();
    if random.u8(0..30) == 0 {
        path.push(b'/');
    }
    let parts = match random.u8(0..4) {
        0 => random.u8(3..=6),
        1 => 2,
        _ => 1,
    };
    for _ in 0..parts {
        let names = if random.u8(0..5) == 0 { NASTY } else { USUAL };
        let name = random.choice(names).expect("there are names");
        path.extend(name.as_bytes());
        let slashes = if random.u8(0..6) == 0 { 2 } else { 1 };
        path.extend(&b"//"[..slashes]);
    }
    if random.u8(0..6) > 0 {
        while path.last() == Some(&b'/') {
            path.pop();
        }
    }
    if random.u8(0..50) == 0 {
        path.push(0xff);
    }
    path
}

/// One thing that a guest does.
fn step(guest: &mut Guest, random: &mut fastrand::Rng, most: &mut i32) {
    guest.forget();
    let dir = match random.bool() {
        true => 3,
        false => random.i32(3..=*most),
    };
    let follow = random.i32(0..=1);
    let [one, one_length] = guest.put(&path(random));
    let [two, two_length] = guest.put(&path(random));
    let other = random.i32(3..=*most);
    let [list, count] = guest.part(random.u32(0..64));
    let d = || dir.into();
    let (name, arguments) = match random.u8(0..16) {
        0 => ("path_create_directory", vec![d(), one, one_length]),
        1 => ("path_remove_directory", vec![d(), one, one_length]),
        2 => ("path_unlink_file", vec![d(), one, one_length]),
        3 | 4 => {
            let to = other.into();
            let list = vec![d(), one, one_length, to, two, two_length];
            ("path_rename", list)
        }
        5 => {
            let (flags, to) = (follow.into(), other.into());
            let list = vec![d(), flags, one, one_length, to, two, two_length];
            ("path_link", list)
        }
        6 | 7 => ("path_symlink", vec![one, one_length, d(), two, two_length]),
        8 => {
            let (times, flags) = (0_i64.into(), 10.into());
            let times_too = 0_i64.into();
            let list = vec![
                d(),
                follow.into(),
                one,
                one_length,
                times,
                times_too,
                flags,
            ];
            ("path_filestat_set_times", list)
        }
        9 => {
            let list = vec![d(), follow.into(), one, one_length, OUT.into()];
            ("path_filestat_get", list)
        }
        10 => {
            let (to, room) = (0x10000.into(), 100.into());
            let list = vec![d(), one, one_length, to, room, OUT.into()];
            ("path_readlink", list)
        }
        11 => {
            let number = random.i32(3..=*most).into();
            ("fd_write", vec![number, list, count, OUT.into()])
        }
        12 => {
            let number = random.i32(3..=*most).into();
            ("fd_read", vec![number, list, count, OUT.into()])
        }
        _ => {
            let how =
                *random.choice(&[0, 0, 1, 1, 2, 2, 5, 8, 9]).expect("one");
            let list = vec![
                d(),
                follow.into(),
                one,
                one_length,
                how.into(),
                EVERYTHING.into(),
                EVERYTHING.into(),
                random.i32(0..32).into(),
                OUT.into(),
            ];
            ("path_open", list)
        }
    };
    let answer = guest.try_call(name, &arguments).expect("it returns");
    if name == "path_open" && answer == 0 {
        *most = (*most).max(guest.u32(OUT) as i32);
    }
    if name == "fd_read" && answer == 0 {
        let seen = guest.bytes(0x10000, 64);
        assert!(!seen.windows(6).any(|it| it == b"nobody"), "it was seen");
    }
}

#[test]
fn random_guests_do_not_get_out() {
    let first = number("SEED", 1);
    for seed in first..first + number("ESCAPES", 60) {
        let mut random = fastrand::Rng::with_seed(seed);
        let place = Place::new();
        for folder in ["a/b/a", "a/sub", "sub/b"] {
            let folder = place.granted().join(folder);
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(folder.join("file"), "mine").expect("a file");
        }
        #[cfg(unix)]
        for (target, link) in
            [("../outside", "link"), ("../../outside/secret", "sub/link")]
        {
            let link = place.granted().join(link);
            std::os::unix::fs::symlink(target, link).expect("a link");
        }
        let mut guest = place.guest();
        let mut most = 3;
        for _ in 0..200 {
            step(&mut guest, &mut random, &mut most);
        }
        let checked = std::panic::catch_unwind(|| place.check());
        assert!(checked.is_ok(), "ESCAPES=1 SEED={seed}");
        if (seed - first) % 10_000 == 9_999 {
            eprintln!("{} guests, up to SEED={seed}", seed - first + 1);
        }
    }
}
