//! try
use ch24_python::*; use ch22_embed::*;
fn main() {
    let t = std::time::Instant::now();
    let engine = Python::engine();
    let module = Module::from_file(&engine, "target/guests/node_modules/@micropython/micropython-webassembly-pyscript/micropython.wasm").unwrap();
    println!("{:?} module", t.elapsed());
    let mut p = Python::new(&engine, &module, Settings::new().output(std::io::stdout())).unwrap();
    println!("{:?} boot", t.elapsed());
    for a in std::env::args_os().skip(1) { let a = a.into_string().unwrap();
      if let Err(e) = p.exec(&a) { println!("ERR {e}"); }
      println!("{:?}", t.elapsed());
    }
}
