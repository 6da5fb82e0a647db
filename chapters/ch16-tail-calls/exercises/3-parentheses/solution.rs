//! A machine of states that tail call each other.

use annex_embedding::{Engine, Extern, Imports};
use ch16_tail_calls::Store;

/// A module whose function `words` counts the words of the text at address 0,
/// which ends with a zero.
pub const MODULE: &str = r#"
(module
  (type $state (func (param $at i32) (param $words i32) (result i32)))
  (memory (export "memory") 1)
  (table funcref (elem $between $within $aside))

  ;; What kind of byte there is at an address, which is the state that it
  ;; leads to: 0 a blank, 1 a letter, 2 an opening parenthesis.
  (func $kind (param $at i32) (result i32)
    local.get $at
    i32.load8_u
    i32.const 40
    i32.eq
    if
      i32.const 2
      return
    end
    local.get $at
    i32.load8_u
    i32.const 32
    i32.gt_u)

  ;; Calls the state that this byte leads to, or ends at a zero.
  (func $next (type $state) (param $at i32) (param $words i32) (result i32)
    local.get $at
    i32.load8_u
    if (result i32)
      local.get $at
      i32.const 1
      i32.add
      local.get $words
      local.get $at
      call $kind
      return_call_indirect (type $state)
    else
      local.get $words
    end)

  ;; A letter begins a word.
  (func $between (type $state) (param $at i32) (param $words i32) (result i32)
    local.get $at
    local.get $words
    local.get $at
    call $kind
    i32.const 1
    i32.eq
    i32.add
    return_call $next)

  (func $within (type $state) (param $at i32) (param $words i32) (result i32)
    local.get $at
    local.get $words
    return_call $next)

  ;; Only a closing parenthesis leads out of here.
  (func $aside (type $state) (param $at i32) (param $words i32) (result i32)
    local.get $at
    i32.load8_u
    i32.eqz
    if
      local.get $words
      return
    end
    local.get $at
    i32.const 1
    i32.add
    local.get $words
    local.get $at
    i32.load8_u
    i32.const 41
    i32.eq
    if (param i32 i32) (result i32)
      return_call $between
    else
      return_call $aside
    end)

  (func (export "words") (result i32)
    i32.const 0
    i32.const 0
    return_call $between))
"#;

/// Counts the words of a text.
pub fn words(text: &str) -> Result<String, Box<dyn std::error::Error>> {
    let mut store: Store = Store::default();
    let instance = store.instantiate(MODULE.as_bytes(), &Imports::new())?;
    let memory = store
        .export(instance, "memory")
        .and_then(Extern::memory)
        .ok_or("no memory")?;
    store.memory_mut(memory)[..text.len()].copy_from_slice(text.as_bytes());
    let words = store
        .export(instance, "words")
        .and_then(Extern::func)
        .ok_or("no words")?;
    Ok(store.invoke(words, &[])?.iter().map(ToString::to_string).collect())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for text in ["one two", "one (two three) four"] {
        println!("{text}: {}", words(text)?);
    }
    Ok(())
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
