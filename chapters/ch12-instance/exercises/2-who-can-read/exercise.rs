//! Who can read a memory.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use annex_embedding::{Engine, Error, Imports, InstanceAddr};
use ch12_instance::Store;

/// Has a memory, in which there will be a secret.
pub const VAULT: &str = r#"(module $vault
  (memory (export "memory") 1))"#;

/// Has a memory of its own, and has never heard of the other one.
pub const STRANGER: &str = r#"(module $stranger
  (memory (export "memory") 1))"#;

/// Imports both, and exports one of them under a name of its own.
pub const AUDITOR: &str = r#"(module $auditor
  (import "stranger" "memory" (memory $first 1))
  (import "vault" "memory" (memory $second 1))
  (export "books" (memory $second)))"#;

/// Gets a memory from the auditor.
pub const FRIEND: &str = r#"(module $friend
  (import "auditor" "books" (memory 1)))"#;

/// Makes an instance of each of the four.
pub fn bank(store: &mut Store) -> Result<[InstanceAddr; 4], Error> {
    let mut imports = Imports::new();
    let vault = store.instantiate(VAULT.as_bytes(), &imports)?;
    imports.instance(store, "vault", vault);
    let stranger = store.instantiate(STRANGER.as_bytes(), &imports)?;
    imports.instance(store, "stranger", stranger);
    let auditor = store.instantiate(AUDITOR.as_bytes(), &imports)?;
    imports.instance(store, "auditor", auditor);
    let friend = store.instantiate(FRIEND.as_bytes(), &imports)?;
    Ok([vault, stranger, auditor, friend])
}

/// All instances that can read memory 0 of `owner`, itself among them. With
/// each comes the index that the memory has there.
pub fn readers(
    store: &Store,
    owner: InstanceAddr,
) -> Vec<(InstanceAddr, usize)> {
    let mut readers = Vec::new();
    for (position, instance) in store.data().instances.iter().enumerate() {
        let reader = InstanceAddr(position as u32);
        if reader == owner || !instance.memories.is_empty() {
            readers.push((reader, 0));
        }
    }
    readers
}

fn main() -> Result<(), Error> {
    let mut store = Store::default();
    let [vault, stranger, ..] = bank(&mut store)?;
    for (reader, index) in readers(&store, vault) {
        println!("instance {} can read it, in memory {index}", reader.0);
    }
    println!("Instance {} should not be there.", stranger.0);
    Ok(())
}
