//! A cloakroom whose hooks are used again, and whose tickets must not be.

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// A receipt for a coat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Where it hangs.
    pub hook: usize,
    /// Which of the hook's coats it is: the first one is 0.
    pub generation: u8,
}

/// A place for a coat.
#[derive(Debug, Default)]
struct Hook {
    coat: Option<&'static str>,
    /// Which coat is next, or hangs here.
    generation: u8,
}

/// A cloakroom with as many hooks as it takes.
#[derive(Debug, Default)]
pub struct Cloakroom {
    hooks: Vec<Hook>,
    /// The hooks that can be used again.
    free: Vec<usize>,
}

impl Cloakroom {
    /// Hangs a coat up.
    pub fn bring(&mut self, coat: &'static str) -> Ticket {
        let hook = self.free.pop().unwrap_or_else(|| {
            self.hooks.push(Hook::default());
            self.hooks.len() - 1
        });
        self.hooks[hook].coat = Some(coat);
        Ticket { hook, generation: self.hooks[hook].generation }
    }

    /// Takes a coat down; `None` if the ticket's coat is not there any more.
    pub fn fetch(&mut self, ticket: Ticket) -> Option<&'static str> {
        let hook = self.hooks.get_mut(ticket.hook)?;
        if hook.generation != ticket.generation {
            return None;
        }
        let coat = hook.coat.take()?;
        if let Some(next) = hook.generation.checked_add(1) {
            hook.generation = next;
            self.free.push(ticket.hook);
        }
        Some(coat)
    }
}

fn main() {
    let mut room = Cloakroom::default();
    let mine = room.bring("my old jacket");
    println!("fetched: {:?}", room.fetch(mine));
    let yours = room.bring("your mink");
    println!("fetched with my old ticket: {:?}", room.fetch(mine));
    println!("fetched with yours: {:?}", room.fetch(yours));
}
