//! Which exceptions can leave a body?

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch09_module::{Catch, Control, Instr, Module, ModuleError, TagIdx};

/// The tags that are thrown in a body and not caught in it, once each, in the
/// order in which they are thrown.
pub fn escaping(body: &[Instr]) -> Vec<TagIdx> {
    let mut tags = Vec::new();
    for instr in body {
        let Instr::Control(control) = instr else { continue };
        let inside = match control {
            Control::Throw(tag) => vec![*tag],
            Control::Block(block) | Control::Loop(block) => {
                escaping(&block.body)
            }
            Control::If(branches) => {
                [escaping(&branches.then), escaping(&branches.otherwise)]
                    .concat()
            }
            Control::TryTable(handled) => {
                let mut inside = escaping(&handled.body);
                inside.retain(|thrown| {
                    !handled.catches.iter().any(|clause| match clause {
                        Catch::One(tag, _) | Catch::OneRef(tag, _) => {
                            tag == thrown
                        }
                        Catch::All(_) | Catch::AllRef(_) => true,
                    })
                });
                inside
            }
            _ => continue,
        };
        for tag in inside {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
    }
    tags
}

fn main() -> Result<(), ModuleError> {
    let module = Module::from_text(
        "(module (tag $a) (tag $b) (func
          block try_table (catch $a 0) throw $b throw $a end end))",
    )?;
    println!(
        "{:?} get out, and $a should not",
        escaping(&module.functions[0].read().body)
    );
    Ok(())
}
