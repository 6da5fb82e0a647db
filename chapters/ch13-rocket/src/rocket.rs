//! A game that flies: an instance of a module that keeps the contract.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::{error, fmt};

use annex_embedding::{
    Engine, Error, Extern, FuncAddr, Imports, InstanceAddr, Value,
};
use ch09_module::Module;

use crate::contract::{self, ContractError, ENV};
use crate::{EXPORTS, Host};

/// A game that flies.
pub struct Rocket {
    engine: Box<dyn Engine>,
    /// The functions of the contract, in its order.
    exports: [FuncAddr; EXPORTS.len()],
    /// How many more calls the host answers.
    calls: Rc<Cell<u32>>,
}

/// The fuel that each call of the game gets: so many calls and loop turns of
/// its own. That is a thousand times what a frame takes, and over in a moment.
pub const FUEL: u64 = 2_000_000;

/// How many calls the host answers while one function of the game runs.
pub const CALLS: u32 = 100_000;

/// What the player can hold and release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Control {
    /// The trigger.
    Shoot,
    /// The engine.
    Boost,
    /// The rudder, counterclockwise.
    TurnLeft,
    /// The rudder, clockwise.
    TurnRight,
}

impl Control {
    /// All controls.
    pub const ALL: [Control; 4] =
        [Control::Shoot, Control::Boost, Control::TurnLeft, Control::TurnRight];
}

impl Rocket {
    /// Makes an instance of a module, in the binary format or the text format,
    /// that calls `host`.
    ///
    /// # Errors
    ///
    /// A module that is not valid, that does not keep the contract, or that the
    /// engine cannot instantiate.
    pub fn new<H: Host + 'static>(
        mut engine: Box<dyn Engine>,
        module: &[u8],
        host: Rc<RefCell<H>>,
    ) -> Result<Rocket, RocketError> {
        // The contract comes before the engine: its error names everything at
        // once, an engine's only the first.
        contract::check(&Module::from_bytes(module).map_err(Error::from)?)?;
        let calls = Rc::new(Cell::new(CALLS));
        let imports = imports(&mut *engine, &host, &calls);
        let instance = engine.instantiate(module, &imports)?;
        let exports = exports(&*engine, instance)?;
        Ok(Rocket { engine, exports, calls })
    }

    /// Tells the game how large its picture is, in pixels.
    ///
    /// # Errors
    ///
    /// A trap.
    pub fn resize(&mut self, width: f64, height: f64) -> Result<(), Error> {
        self.call("resize", &[width.into(), height.into()])
    }

    /// Moves the game on by some seconds.
    ///
    /// # Errors
    ///
    /// A trap.
    pub fn update(&mut self, seconds: f64) -> Result<(), Error> {
        self.call("update", &[seconds.into()])
    }

    /// Lets the game draw itself.
    ///
    /// # Errors
    ///
    /// A trap.
    pub fn draw(&mut self) -> Result<(), Error> {
        self.call("draw", &[])
    }

    /// Holds a control or releases it.
    ///
    /// # Errors
    ///
    /// A trap.
    pub fn toggle(
        &mut self,
        control: Control,
        held: bool,
    ) -> Result<(), Error> {
        let name = match control {
            Control::Shoot => "toggle_shoot",
            Control::Boost => "toggle_boost",
            Control::TurnLeft => "toggle_turn_left",
            Control::TurnRight => "toggle_turn_right",
        };
        self.call(name, &[i32::from(held).into()])
    }

    /// How many instructions were executed so far, if the engine counts them.
    pub fn instructions(&self) -> Option<u64> {
        self.engine.instructions()
    }

    /// The name of the engine.
    pub fn engine(&self) -> &'static str {
        self.engine.name()
    }

    fn call(&mut self, name: &str, arguments: &[Value]) -> Result<(), Error> {
        let position = EXPORTS.iter().position(|export| export.name == name);
        let function = self.exports[position.expect("the contract has it")];
        self.engine.set_fuel(FUEL);
        self.calls.set(CALLS);
        self.engine.invoke(function, arguments).map(drop)
    }
}

/// The nine functions of the host, under the names of the contract.
fn imports<H: Host + 'static>(
    engine: &mut dyn Engine,
    host: &Rc<RefCell<H>>,
    calls: &Rc<Cell<u32>>,
) -> Imports {
    let mut imports = Imports::new();
    macro_rules! import {
        ($name:literal: $function:ident($($argument:ident),*)) => {
            let (host, calls) = (Rc::clone(host), Rc::clone(calls));
            imports.func(engine, ENV, $name, move |$($argument: f64),*| {
                count(&calls)?;
                Ok::<_, String>(host.borrow_mut().$function($($argument),*))
            });
        };
    }
    import!("clear_screen": clear_screen());
    import!("draw_player": draw_player(x, y, angle));
    import!("draw_enemy": draw_enemy(x, y));
    import!("draw_bullet": draw_bullet(x, y));
    import!("draw_particle": draw_particle(x, y, radius));
    import!("draw_score": draw_score(score));
    import!("sin": sin(angle));
    import!("cos": cos(angle));
    import!("Math_atan": atan(tangent));
    imports
}

/// Counts a call of the host. A game that never stops calling would otherwise
/// fill the memory with what it draws.
fn count(calls: &Cell<u32>) -> Result<(), String> {
    let Some(left) = calls.get().checked_sub(1) else {
        return Err(format!(
            "more than {CALLS} calls of the host by one call of the game"
        ));
    };
    calls.set(left);
    Ok(())
}

fn exports(
    engine: &dyn Engine,
    instance: InstanceAddr,
) -> Result<[FuncAddr; EXPORTS.len()], Error> {
    let mut functions = [FuncAddr(0); EXPORTS.len()];
    for (function, export) in functions.iter_mut().zip(&EXPORTS) {
        *function = engine
            .export(instance, export.name)
            .and_then(Extern::func)
            .ok_or_else(|| {
                Error::Call(format!(
                    "the engine lost the function `{}`",
                    export.name
                ))
            })?;
    }
    Ok(functions)
}

/// Why a module does not fly.
#[derive(Debug)]
pub enum RocketError {
    /// It does not keep the contract.
    Contract(ContractError),
    /// The engine cannot run it.
    Engine(Error),
}

impl fmt::Display for RocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RocketError::Contract(error) => error.fmt(f),
            RocketError::Engine(error) => error.fmt(f),
        }
    }
}

impl error::Error for RocketError {}

impl From<ContractError> for RocketError {
    fn from(error: ContractError) -> RocketError {
        RocketError::Contract(error)
    }
}

impl From<Error> for RocketError {
    fn from(error: Error) -> RocketError {
        RocketError::Engine(error)
    }
}
