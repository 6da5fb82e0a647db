// Bindings of the module `rocket`, made by `wasm bindgen`.

use ch22_embed::{
    AsContext, AsContextMut, Caller, Error, Instance, Linker, Memory, Module, Store,
    TypedFunc,
};

/// What the module imports: functions of the host.
pub trait Imports {
    /// `env` `cos`
    ///
    /// # Errors
    ///
    /// Whatever the host has: it ends the call.
    fn env_cos(&mut self, x0: f64) -> Result<f64, Error>;

    /// `env` `sin`
    ///
    /// # Errors
    ///
    /// Whatever the host has: it ends the call.
    fn env_sin(&mut self, x0: f64) -> Result<f64, Error>;

    /// `env` `Math_atan`
    ///
    /// # Errors
    ///
    /// Whatever the host has: it ends the call.
    fn env_math_atan(&mut self, x0: f64) -> Result<f64, Error>;

    /// `env` `draw_enemy`
    ///
    /// # Errors
    ///
    /// Whatever the host has: it ends the call.
    fn env_draw_enemy(&mut self, x0: f64, x1: f64) -> Result<(), Error>;

    /// `env` `draw_score`
    ///
    /// # Errors
    ///
    /// Whatever the host has: it ends the call.
    fn env_draw_score(&mut self, x0: f64) -> Result<(), Error>;

    /// `env` `draw_bullet`
    ///
    /// # Errors
    ///
    /// Whatever the host has: it ends the call.
    fn env_draw_bullet(&mut self, x0: f64, x1: f64) -> Result<(), Error>;

    /// `env` `draw_player`
    ///
    /// # Errors
    ///
    /// Whatever the host has: it ends the call.
    fn env_draw_player(&mut self, x0: f64, x1: f64, x2: f64) -> Result<(), Error>;

    /// `env` `clear_screen`
    ///
    /// # Errors
    ///
    /// Whatever the host has: it ends the call.
    fn env_clear_screen(&mut self) -> Result<(), Error>;

    /// `env` `draw_particle`
    ///
    /// # Errors
    ///
    /// Whatever the host has: it ends the call.
    fn env_draw_particle(&mut self, x0: f64, x1: f64, x2: f64) -> Result<(), Error>;
}

/// Gives a linker what the module imports. `get` finds it in the data of the store.
///
/// # Errors
///
/// The linker has one of the names already.
pub fn add_to_linker<T: 'static, I: Imports>(
    linker: &mut Linker<T>,
    get: impl Fn(&mut T) -> &mut I + Copy + Send + Sync + 'static,
) -> Result<(), Error> {
    linker
        .func_wrap(
            "env",
            "cos",
            move |mut caller: Caller<'_, T>, x0: f64| {
                get(caller.data_mut()).env_cos(x0)
            },
        )?;
    linker
        .func_wrap(
            "env",
            "sin",
            move |mut caller: Caller<'_, T>, x0: f64| {
                get(caller.data_mut()).env_sin(x0)
            },
        )?;
    linker
        .func_wrap(
            "env",
            "Math_atan",
            move |mut caller: Caller<'_, T>, x0: f64| {
                get(caller.data_mut()).env_math_atan(x0)
            },
        )?;
    linker
        .func_wrap(
            "env",
            "draw_enemy",
            move |mut caller: Caller<'_, T>, x0: f64, x1: f64| {
                get(caller.data_mut()).env_draw_enemy(x0, x1)
            },
        )?;
    linker
        .func_wrap(
            "env",
            "draw_score",
            move |mut caller: Caller<'_, T>, x0: f64| {
                get(caller.data_mut()).env_draw_score(x0)
            },
        )?;
    linker
        .func_wrap(
            "env",
            "draw_bullet",
            move |mut caller: Caller<'_, T>, x0: f64, x1: f64| {
                get(caller.data_mut()).env_draw_bullet(x0, x1)
            },
        )?;
    linker
        .func_wrap(
            "env",
            "draw_player",
            move |mut caller: Caller<'_, T>, x0: f64, x1: f64, x2: f64| {
                get(caller.data_mut()).env_draw_player(x0, x1, x2)
            },
        )?;
    linker
        .func_wrap(
            "env",
            "clear_screen",
            move |mut caller: Caller<'_, T>| {
                get(caller.data_mut()).env_clear_screen()
            },
        )?;
    linker
        .func_wrap(
            "env",
            "draw_particle",
            move |mut caller: Caller<'_, T>, x0: f64, x1: f64, x2: f64| {
                get(caller.data_mut()).env_draw_particle(x0, x1, x2)
            },
        )?;
    Ok(())
}

/// An instance of the module `rocket`.
#[allow(dead_code, reason = "hardly anybody needs all of it")]
#[derive(Clone, Debug)]
pub struct Rocket {
    instance: Instance,
    memory: Memory,
    draw: TypedFunc<(), ()>,
    events: TypedFunc<(), i32>,
    lives: TypedFunc<(), i32>,
    resize: TypedFunc<(f64, f64), ()>,
    things: TypedFunc<(), i32>,
    toggle_boost: TypedFunc<i32, ()>,
    toggle_shoot: TypedFunc<i32, ()>,
    toggle_turn_left: TypedFunc<i32, ()>,
    toggle_turn_right: TypedFunc<i32, ()>,
    update: TypedFunc<f64, ()>,
    wave: TypedFunc<(), i32>,
}

#[allow(dead_code, reason = "hardly anybody needs all of it")]
impl Rocket {
    /// Makes an instance of the module.
    ///
    /// # Errors
    ///
    /// An import is missing, the start function traps, or the module is another one.
    pub fn instantiate<T: 'static>(
        store: &mut Store<T>,
        linker: &Linker<T>,
        module: &Module,
    ) -> Result<Self, Error> {
        let instance = linker.instantiate(&mut *store, module)?;
        Self::new(store, instance)
    }

    /// The bindings of an instance that is there already.
    ///
    /// # Errors
    ///
    /// It is one of another module.
    pub fn new(store: impl AsContext, instance: Instance) -> Result<Self, Error> {
        let _ = &store;
        let memory = instance
            .get_memory(&store, "memory")
            .ok_or_else(|| Error::msg("the module exports no memory `memory`"))?;
        let draw = instance.get_typed_func(&store, "draw")?;
        let events = instance.get_typed_func(&store, "events")?;
        let lives = instance.get_typed_func(&store, "lives")?;
        let resize = instance.get_typed_func(&store, "resize")?;
        let things = instance.get_typed_func(&store, "things")?;
        let toggle_boost = instance.get_typed_func(&store, "toggle_boost")?;
        let toggle_shoot = instance.get_typed_func(&store, "toggle_shoot")?;
        let toggle_turn_left = instance.get_typed_func(&store, "toggle_turn_left")?;
        let toggle_turn_right = instance.get_typed_func(&store, "toggle_turn_right")?;
        let update = instance.get_typed_func(&store, "update")?;
        let wave = instance.get_typed_func(&store, "wave")?;
        Ok(Self {
            instance,
            memory,
            draw,
            events,
            lives,
            resize,
            things,
            toggle_boost,
            toggle_shoot,
            toggle_turn_left,
            toggle_turn_right,
            update,
            wave,
        })
    }

    /// The instance.
    pub fn instance(&self) -> Instance {
        self.instance
    }

    /// The export `memory`.
    pub fn memory(&self) -> Memory {
        self.memory
    }

    /// Calls the export `draw`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn draw(&self, store: impl AsContextMut) -> Result<(), Error> {
        self.draw.call(store, ())
    }

    /// Calls the export `events`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn events(&self, store: impl AsContextMut) -> Result<i32, Error> {
        self.events.call(store, ())
    }

    /// Calls the export `lives`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn lives(&self, store: impl AsContextMut) -> Result<i32, Error> {
        self.lives.call(store, ())
    }

    /// Calls the export `resize`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn resize(
        &self,
        store: impl AsContextMut,
        x0: f64,
        x1: f64,
    ) -> Result<(), Error> {
        self.resize.call(store, (x0, x1))
    }

    /// Calls the export `things`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn things(&self, store: impl AsContextMut) -> Result<i32, Error> {
        self.things.call(store, ())
    }

    /// Calls the export `toggle_boost`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn toggle_boost(&self, store: impl AsContextMut, x0: i32) -> Result<(), Error> {
        self.toggle_boost.call(store, x0)
    }

    /// Calls the export `toggle_shoot`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn toggle_shoot(&self, store: impl AsContextMut, x0: i32) -> Result<(), Error> {
        self.toggle_shoot.call(store, x0)
    }

    /// Calls the export `toggle_turn_left`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn toggle_turn_left(
        &self,
        store: impl AsContextMut,
        x0: i32,
    ) -> Result<(), Error> {
        self.toggle_turn_left.call(store, x0)
    }

    /// Calls the export `toggle_turn_right`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn toggle_turn_right(
        &self,
        store: impl AsContextMut,
        x0: i32,
    ) -> Result<(), Error> {
        self.toggle_turn_right.call(store, x0)
    }

    /// Calls the export `update`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn update(&self, store: impl AsContextMut, x0: f64) -> Result<(), Error> {
        self.update.call(store, x0)
    }

    /// Calls the export `wave`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn wave(&self, store: impl AsContextMut) -> Result<i32, Error> {
        self.wave.call(store, ())
    }
}
