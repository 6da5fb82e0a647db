//! The smallest engine: without a machine, all that it can call is functions of
//! the host.

use ch07_values::Trap;
use ch09_module::{
    FuncType, GlobalType, MemoryType, Module, TableType, ValType,
};

use crate::{
    Caller, Engine, Error, Extern, FuncAddr, GlobalAddr, HostFunction, Imports,
    InstanceAddr, MemAddr, TableAddr, TagAddr, TrapReport, Value, list,
};

/// How deep calls may nest.
const DEPTH: u32 = 100;

/// An engine without a machine: it puts calls through to functions of the
/// host. Modules, and what only they need, it doesn't have.
#[derive(Debug, Default)]
pub struct Switchboard {
    functions: Vec<HostFunction>,
    depth: u32,
}

impl Switchboard {
    fn function(&self, address: FuncAddr) -> Result<HostFunction, Error> {
        let found = self.functions.get(address.index()).cloned();
        found.ok_or_else(|| {
            Error::Call(format!("there is no function {}", address.0))
        })
    }

    fn put_through(
        &mut self,
        function: &HostFunction,
        mut values: Vec<Value>,
    ) -> Result<Vec<Value>, Error> {
        if self.depth == DEPTH {
            return Err(TrapReport::from(Trap::CallStackExhausted).into());
        }
        self.depth += 1;
        let mut caller = Caller::new(self, None);
        let outcome = function.call(&mut caller, &mut values);
        self.depth -= 1;
        // An error of ours that the host passes on is told as if the host had
        // not been between.
        outcome.map(|()| values).map_err(|error| {
            match error.downcast::<Error>() {
                Ok(error) => *error,
                Err(error) => {
                    let report = TrapReport::from(Trap::Host);
                    TrapReport { source: Some(error), ..report }.into()
                }
            }
        })
    }
}

impl Engine for Switchboard {
    fn name(&self) -> &'static str {
        "switchboard"
    }

    fn invoke(
        &mut self,
        function: FuncAddr,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Error> {
        let function = self.function(function)?;
        let FuncType { params, results } = function.ty();
        if !are_of(arguments, params) {
            return Err(Error::Call(format!(
                "wrong arguments: expected {}, found {}",
                list(params),
                list(arguments)
            )));
        }
        let values = self.put_through(&function, arguments.to_vec())?;
        match are_of(&values, results) {
            true => Ok(values),
            false => Err(Error::Call(format!(
                "wrong results: expected {}, found {}",
                list(results),
                list(&values)
            ))),
        }
    }

    fn add_function(&mut self, function: HostFunction) -> FuncAddr {
        let address = FuncAddr::after(&self.functions);
        self.functions.push(function);
        address
    }

    fn func_type(&self, function: FuncAddr) -> Option<FuncType> {
        Some(self.function(function).ok()?.ty().clone())
    }

    fn validate(&self, module: &[u8]) -> Result<(), Error> {
        Module::from_bytes(module)?;
        Ok(())
    }

    // From here on there is nothing to have.
    fn instantiate(
        &mut self,
        _: &[u8],
        _: &Imports,
    ) -> Result<InstanceAddr, Error> {
        Err(Error::NotYet("modules".to_owned()))
    }

    fn exports(&self, _: InstanceAddr) -> &[(String, Extern)] {
        &[]
    }

    fn add_table(&mut self, _: TableType) -> Result<TableAddr, Error> {
        Err(Error::NotYet("tables".to_owned()))
    }

    fn add_memory(&mut self, _: MemoryType) -> Result<MemAddr, Error> {
        Err(Error::NotYet("memories".to_owned()))
    }

    fn add_global(
        &mut self,
        _: GlobalType,
        _: Value,
    ) -> Result<GlobalAddr, Error> {
        Err(Error::NotYet("globals".to_owned()))
    }

    fn add_tag(&mut self, _: FuncType) -> Result<TagAddr, Error> {
        Err(Error::NotYet("tags".to_owned()))
    }

    fn global(&mut self, _: GlobalAddr) -> Option<Value> {
        None
    }

    fn set_global(&mut self, _: GlobalAddr, _: Value) -> Result<(), Error> {
        Err(Error::NotYet("globals".to_owned()))
    }

    fn table_size(&self, _: TableAddr) -> u64 {
        0
    }

    fn table_get(&mut self, _: TableAddr, _: u64) -> Option<Value> {
        None
    }

    fn memory(&self, _: MemAddr) -> &[u8] {
        &[]
    }

    fn memory_mut(&mut self, _: MemAddr) -> &mut [u8] {
        &mut []
    }
}

/// Whether these values are of these types, as far as the values can tell.
fn are_of(values: &[Value], types: &[ValType]) -> bool {
    values.iter().map(|value| value.ty()).eq(types.iter().copied())
}
