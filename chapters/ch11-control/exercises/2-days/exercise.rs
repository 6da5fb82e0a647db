//! A `br_table` chooses between three blocks.

use ch07_values::Number;
use ch09_module::Module;
use ch11_control::SingleModule;

/// A module whose function `days` says how many days a month has.
pub const MODULE: &str = r#"
(module
  (func $days (export "days") (param $month i32) (result i32)
    block $long
      block $middle
        block $short
          br $short
        end
        i32.const 28
        return
      end
      i32.const 30
      return
    end
    i32.const 31))
"#;

/// Calls `days`.
pub fn days(month: i32) -> Result<Vec<Number>, Box<dyn std::error::Error>> {
    let mut module = SingleModule::new(Module::from_text(MODULE)?)?;
    Ok(module.call("days", &[month.into()], ())?)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for month in 1..=12 {
        println!("days({month}) = {:?}", days(month)?);
    }
    Ok(())
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
