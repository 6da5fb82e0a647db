//! A script that tells a right function from wrong ones.

use ch12_instance::Store;
use ch14_spec::run;

/// Whether a year is a leap year.
pub const LEAP: &str = r#"(module
  (func (export "leap") (param $year i32) (result i32)
    (if (result i32) (i32.rem_u (local.get $year) (i32.const 100))
      (then (i32.eqz (i32.rem_u (local.get $year) (i32.const 4))))
      (else (i32.eqz (i32.rem_u (local.get $year) (i32.const 400)))))))"#;

/// What the function must return.
pub const SCRIPT: &str = r#"
(assert_return (invoke "leap" (i32.const 2024)) (i32.const 1))
(assert_return (invoke "leap" (i32.const 2023)) (i32.const 0))
(assert_return (invoke "leap" (i32.const 2000)) (i32.const 1))
"#;

/// How many directives of the script fail, on this module.
pub fn failures(module: &str, script: &str) -> usize {
    let report =
        run(&format!("{module}\n{script}"), &mut Store::<()>::default());
    report.expect("it is a script").failures().count()
}

fn main() {
    println!("{} of the assertions fail", failures(LEAP, SCRIPT));
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
