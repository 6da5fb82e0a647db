//! Stores on all engines, which remember how they were made.

use annex_embedding::{
    Answer, CallFirst, Caller, Engine, Error, Extern, FuncAddr, HostError,
    HostFunction, Imports, InstanceAddr, Pause, PausedCall, Progress, Suspend,
    Value,
};
use ch09_module::{Bytes, FuncType, ImportType, Module, RefType, ValType};
use ch12_instance::{Store, StoreData, StoreLimits};
use ch19_flat::FlatLayer;
use ch21_fuse::Fast;
use ch22_embed::freeze::{
    Freezable, FreezeError, Made, Terms, Thawed, freeze, thaw,
};

/// The engines whose calls can be paused.
pub const PAUSING: [&str; 4] = ["flat", "slots", "fast", "by chance"];

/// A store that can be frozen, on some engine.
pub trait Place {
    fn engine(&mut self) -> &mut dyn Engine;
    fn data(&self) -> &StoreData;
    fn frozen(
        &mut self,
        log: &[Made],
        modules: &[Bytes],
        calls: &[&PausedCall],
    ) -> Result<Vec<u8>, FreezeError>;
}

impl<L: Freezable> Place for Store<(), L> {
    fn engine(&mut self) -> &mut dyn Engine {
        self
    }

    fn data(&self) -> &StoreData {
        Store::data(self)
    }

    fn frozen(
        &mut self,
        log: &[Made],
        modules: &[Bytes],
        calls: &[&PausedCall],
    ) -> Result<Vec<u8>, FreezeError> {
        freeze(self, log, modules, calls)
    }
}

/// A store, how it was made, and its modules.
pub struct World {
    pub place: Box<dyn Place>,
    pub log: Vec<Made>,
    pub modules: Vec<Bytes>,
}

pub fn terms() -> Terms {
    let limits = StoreLimits {
        memory_bytes: 1 << 26,
        table_elements: 100_000,
        heap_bytes: 64 << 20,
        operands: 1 << 16,
        calls: 1000,
        labels: 10_000,
        fuel: Some(1_000_000),
    };
    Terms { limits, ..Terms::default() }
}

impl World {
    /// An empty store.
    pub fn new(engine: &str) -> World {
        let limits = terms().limits;
        let place: Box<dyn Place> = match engine {
            "tree" => Box::new(ch18_heap::Store::new((), limits)),
            "flat" => Box::new(ch19_flat::Store::new((), limits)),
            "slots" => Box::new(ch20_slots::Store::new((), limits)),
            "fast" => Box::new(ch21_fuse::Store::new((), limits)),
            _ => {
                let mut store = ch21_fuse::Store::new((), limits);
                store.layer_mut().tier.by_chance = Some(12345);
                Box::new(store)
            }
        };
        World { place, log: Vec::new(), modules: Vec::new() }
    }

    pub fn engine(&mut self) -> &mut dyn Engine {
        self.place.engine()
    }

    pub fn host(&mut self, module: &str, name: &str, ty: FuncType) -> FuncAddr {
        let function = host(module, name, &ty).unwrap();
        let address = self.engine().add_function(function);
        let (module, name) = (module.to_owned(), name.to_owned());
        self.log.push(Made::Function { module, name, ty });
        address
    }

    /// An instance of a text; the functions that nothing else gives are the
    /// host's.
    pub fn link(
        &mut self,
        text: &str,
        mut imports: Imports,
    ) -> Result<InstanceAddr, Error> {
        let binary = wat::parse_str(text).unwrap();
        let module = Module::from_binary(&binary)?;
        let mut list = Vec::new();
        for import in &module.imports {
            let Import { module: first, name, ty } = import;
            let item = imports.get(first, name).unwrap_or_else(|| {
                let ImportType::Func(ty) = ty else { panic!("{import:?}") };
                let ty = module.func_type(*ty).unwrap().clone();
                Extern::Func(self.host(first, name, ty))
            });
            imports.define(first, name, item);
            list.push(item);
        }
        let before = self.place.data().instances.len();
        let outcome = self.engine().instantiate(&binary, &imports);
        if self.place.data().instances.len() > before {
            let module = self.modules.len();
            self.log.push(Made::Instance { module, imports: list });
            self.modules.push(binary.into());
        }
        outcome
    }

    pub fn instance(&mut self, text: &str) -> InstanceAddr {
        self.link(text, Imports::new()).unwrap()
    }

    pub fn export(&mut self, instance: InstanceAddr, name: &str) -> FuncAddr {
        let item = self.engine().export(instance, name);
        item.and_then(Extern::func).unwrap_or_else(|| panic!("{name}"))
    }

    pub fn call(
        &mut self,
        instance: InstanceAddr,
        name: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Error> {
        self.engine().call(instance, name, arguments)
    }

    /// Begins a call that pauses when so much fuel is used.
    pub fn pause(
        &mut self,
        instance: InstanceAddr,
        name: &str,
        arguments: &[Value],
        fuel: u64,
    ) -> PausedCall {
        let function = self.export(instance, name);
        self.engine().set_fuel(fuel);
        let progress = self.engine().start(function, arguments).unwrap();
        progress.paused().unwrap_or_else(|| panic!("{name} has ended"))
    }

    /// Goes on with a call to its end.
    pub fn finish(
        &mut self,
        mut call: PausedCall,
    ) -> Result<Vec<Value>, Error> {
        loop {
            self.engine().set_fuel(1_000_000);
            let progress = match &call.pause {
                Pause::OutOfFuel => self.engine().resume(call)?,
                Pause::Suspended(_) => {
                    self.engine().answer(call, &[5.into()])?
                }
            };
            match progress {
                Progress::Finished(results) => return Ok(results),
                Progress::Paused(next) => call = next,
            }
        }
    }

    pub fn freeze(
        &mut self,
        calls: &[&PausedCall],
    ) -> Result<Vec<u8>, FreezeError> {
        self.place.frozen(&self.log, &self.modules, calls)
    }

    pub fn thaw(
        engine: &str,
        bytes: &[u8],
    ) -> Result<(World, Vec<PausedCall>), FreezeError> {
        World::thaw_on(engine, bytes, terms())
    }

    pub fn thaw_on(
        engine: &str,
        bytes: &[u8],
        terms: Terms,
    ) -> Result<(World, Vec<PausedCall>), FreezeError> {
        fn world<L: Freezable>(
            thawed: Thawed<(), L>,
        ) -> (World, Vec<PausedCall>) {
            let Thawed { store, log, modules, calls } = thawed;
            let place = Box::new(store);
            (World { place, log, modules }, calls)
        }
        Ok(match engine {
            "tree" => world::<ch18_heap::HeapLayer>(thaw(
                bytes,
                terms,
                (),
                &mut host,
            )?),
            "flat" => world::<FlatLayer>(thaw(bytes, terms, (), &mut host)?),
            "slots" => world::<FlatLayer<ch20_slots::Slots>>(thaw(
                bytes,
                terms,
                (),
                &mut host,
            )?),
            "fast" => {
                world::<FlatLayer<Fast>>(thaw(bytes, terms, (), &mut host)?)
            }
            _ => {
                let mut thawed: Thawed<(), FlatLayer<Fast>> =
                    thaw(bytes, terms, (), &mut host)?;
                thawed.store.layer_mut().tier.by_chance = Some(777);
                world(thawed)
            }
        })
    }

    /// The same world, frozen and thawed on another engine. Frozen once more,
    /// it is the same bytes.
    pub fn again(
        &mut self,
        engine: &str,
        calls: Vec<PausedCall>,
    ) -> (World, Vec<PausedCall>) {
        let bytes = self.freeze(&calls.iter().collect::<Vec<_>>()).unwrap();
        let (mut world, calls) = World::thaw(engine, &bytes).unwrap();
        let same = world.freeze(&calls.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!(bytes, same, "it has changed on its way");
        (world, calls)
    }

    pub fn again_with(
        &mut self,
        engine: &str,
        call: PausedCall,
    ) -> (World, PausedCall) {
        let (world, mut calls) = self.again(engine, vec![call]);
        (world, calls.pop().unwrap())
    }
}

use ch09_module::Import;

/// Zero or null of a type.
pub fn zero(ty: ValType) -> Value {
    match ty {
        ValType::Num(ty) => ch07_values::Number::from_slot(ty, 0).into(),
        ValType::V128 => Value::from_halves(ty, [0, 0]),
        ValType::Ref(RefType { .. }) => Value::from_halves(ty, [0, 0]),
    }
}

/// The functions of the host.
pub fn host(module: &str, name: &str, ty: &FuncType) -> Option<HostFunction> {
    if module == "nobody" {
        return None;
    }
    let results: Vec<Value> = ty.results.iter().copied().map(zero).collect();
    let name = name.to_owned();
    let function = move |caller: &mut Caller<'_>, arguments: &[Value]| {
        let outcome: Result<Vec<Value>, HostError> = match &*name {
            "later" => {
                Err(Suspend(format!("later: {arguments:?}").into()).into())
            }
            "fails" => Err("it fails".into()),
            // Calls `double` of its caller twice.
            "first" => match caller.answer() {
                None => first(caller, arguments[0], 1),
                Some(Answer { state: 1, outcome }) => {
                    first(caller, outcome?[0], 2)
                }
                Some(Answer { outcome, .. }) => Ok(outcome?),
            },
            // Calls `work` of its caller, and gives back what comes.
            "work" => match caller.answer() {
                None => {
                    let work = caller.export("work").and_then(Extern::func);
                    let function = work.ok_or("there is no work")?;
                    let arguments = arguments.to_vec();
                    Err(CallFirst { function, arguments, state: 9 }.into())
                }
                Some(Answer { outcome, .. }) => match outcome {
                    Ok(results) => Ok(results),
                    Err(_) => Ok(vec![(-1).into()]),
                },
            },
            _ => Ok(results.clone()),
        };
        outcome
    };
    Some(HostFunction::dynamic(ty.clone(), function))
}

fn first(
    caller: &Caller<'_>,
    argument: Value,
    state: u64,
) -> Result<Vec<Value>, HostError> {
    let double = caller.export("double").and_then(Extern::func);
    let function = double.ok_or("there is no double")?;
    let arguments = vec![argument];
    Err(CallFirst { function, arguments, state }.into())
}
